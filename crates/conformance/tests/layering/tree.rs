//! The modules of a crate as its files declare them, and where a path leads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::tokens::{tokens, without_tests};

/// The texts of the files, by their paths in the repository.
pub type Files = BTreeMap<PathBuf, String>;

/// A path of a module or an item from the root of the crate.
pub type ItemPath = Vec<String>;

#[derive(Debug, Default)]
pub struct Module {
    pub file: PathBuf,
    children: BTreeSet<String>,
    /// The names that `use` brings, private ones too, as child modules see them.
    imports: BTreeMap<String, Import>,
    /// The modules that `use` takes everything from.
    globs: Vec<ItemPath>,
    /// The items that are written in it.
    items: BTreeSet<String>,
    /// The paths in its code, outside of `use`, as they are written.
    pub paths: BTreeSet<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Import {
    path: ItemPath,
    /// It is there for others: whoever imports it depends on the file that defines it, and this file only if it uses
    /// the name.
    exported: bool,
}

/// The modules of one crate, without those for its tests alone.
#[derive(Debug, Default)]
pub struct Tree {
    pub modules: BTreeMap<ItemPath, Module>,
}

impl Tree {
    /// Reads the crate with this root file.
    pub fn read(files: &Files, root: &Path) -> Self {
        let mut tree = Self::default();
        let folder = root.parent().unwrap_or(Path::new(""));
        tree.read_file(files, root, folder, ItemPath::new());
        tree
    }

    /// `folder` is where the modules that this file declares are looked for.
    fn read_file(&mut self, files: &Files, file: &Path, folder: &Path, module: ItemPath) {
        let (tokens, _) = without_tests(tokens(&files[file]));
        let mut declared = Vec::new();
        self.read_module(file, &tokens, module, &mut declared);
        for (module, named) in declared {
            let name = module.last().map_or("", String::as_str);
            let candidates = match named {
                Some(named) => vec![normal(&file.parent().unwrap_or(Path::new("")).join(named))],
                None => vec![folder.join(name).with_extension("rs"), folder.join(name).join("mod.rs")],
            };
            let child = candidates.into_iter().find(|path| files.contains_key(path));
            let child = child.unwrap_or_else(|| panic!("{}: no file for the module {name}", file.display()));
            let folder = if child.ends_with("mod.rs") { child.parent().unwrap().to_owned() } else { folder.join(name) };
            self.read_file(files, &child, &folder, module);
        }
    }

    /// The tokens of a file, or of a module in braces in it. Modules in files of their own go to `declared`, each with
    /// the path that an attribute gives it.
    fn read_module(
        &mut self,
        file: &Path,
        tokens: &[String],
        path: ItemPath,
        declared: &mut Vec<(ItemPath, Option<String>)>,
    ) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1).map_or("", String::as_str);
            let before = at.checked_sub(1).map_or("", |before| tokens[before].as_str());
            match token.as_str() {
                "mod" if is_name(next) => {
                    let child: ItemPath = path.iter().cloned().chain([next.to_owned()]).collect();
                    module.children.insert(next.to_owned());
                    if tokens.get(at + 2).is_some_and(|token| token == "{") {
                        let length = super::tokens::group(&tokens[at + 2..]);
                        self.read_module(file, &tokens[at + 3..at + 1 + length], child, declared);
                        at += 2 + length;
                    } else {
                        declared.push((child, path_attribute(&tokens[..at])));
                        at += 3;
                    }
                }
                "use" if next != "<" && before != "+" => {
                    let end = tokens[at..].iter().position(|token| token == ";").map_or(tokens.len(), |end| at + end);
                    let exported = matches!(before, "pub" | ")");
                    let mut leaves = Vec::new();
                    use_tree(&tokens[at + 1..end], &[], &mut leaves);
                    for (leaf, name) in leaves {
                        match name {
                            Some(name) => drop(module.imports.insert(name, Import { path: leaf, exported })),
                            None => module.globs.push(leaf),
                        }
                    }
                    at = end;
                }
                "struct" | "enum" | "union" | "trait" | "fn" | "type" | "const" | "static" if is_name(next) => {
                    module.items.insert(next.to_owned());
                    at += 2;
                }
                name if is_name(name) && before != "::" && before != "." => {
                    let mut written = vec![name.to_owned()];
                    while tokens.get(at + 1).is_some_and(|token| token == "::")
                        && tokens.get(at + 2).is_some_and(|token| is_name(token))
                    {
                        written.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    module.paths.insert(written);
                    at += 1;
                }
                _ => at += 1,
            }
        }
        self.modules.insert(path, module);
    }

    /// The file that defines what a module calls by this path; `None` for other crates and for what is not told by
    /// names.
    pub fn file_of(&self, module: &[String], written: &[String]) -> Option<&Path> {
        let path = self.absolute(module, written)?;
        self.follow(&path, 0)
    }

    /// The path from the root of the crate.
    fn absolute(&self, module: &[String], written: &[String]) -> Option<ItemPath> {
        let (mut base, mut rest) = (module.to_vec(), written);
        match written.first()?.as_str() {
            "crate" => (base, rest) = (Vec::new(), &written[1..]),
            "self" => rest = &written[1..],
            "super" => {}
            first => {
                let here = self.modules.get(module)?;
                let local =
                    here.children.contains(first) || here.imports.contains_key(first) || here.items.contains(first);
                if !local && !here.globs.iter().any(|glob| self.defines(module, glob, first)) {
                    return None;
                }
            }
        }
        while rest.first().is_some_and(|segment| segment == "super") {
            base.pop()?;
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn defines(&self, module: &[String], glob: &[String], name: &str) -> bool {
        let path = self.absolute(module, glob);
        path.and_then(|path| self.modules.get(&path)).is_some_and(|from| {
            from.items.contains(name) || from.children.contains(name) || from.imports.contains_key(name)
        })
    }

    /// Follows re-exports down to the file of the definition; `depth` ends circles of re-exports.
    fn follow(&self, path: &[String], depth: usize) -> Option<&Path> {
        let mut current: ItemPath = Vec::new();
        for (at, segment) in path.iter().enumerate() {
            let module = self.modules.get(&current)?;
            if module.children.contains(segment) {
                current.push(segment.clone());
                continue;
            }
            let (base, mut onward) = match module.imports.get(segment) {
                Some(import) => (&current, import.path.clone()),
                None if module.items.contains(segment) => return Some(&module.file),
                None => {
                    let glob = module.globs.iter().find(|glob| self.defines(&current, glob, segment));
                    // Macros write items that are not seen here: what is in nothing else is in this file.
                    let Some(glob) = glob else { return Some(&module.file) };
                    (&current, glob.iter().cloned().chain([segment.clone()]).collect())
                }
            };
            onward.extend(path[at + 1..].iter().cloned());
            let onward = self.absolute_import(base, &onward)?;
            return if depth < 16 { self.follow(&onward, depth + 1) } else { None };
        }
        self.modules.get(&current).map(|module| module.file.as_path())
    }

    /// As `absolute`, for the path of an import: its first segment is not what the import itself calls by that name.
    fn absolute_import(&self, module: &[String], written: &[String]) -> Option<ItemPath> {
        let first = written.first()?;
        let here = self.modules.get(module)?;
        let itself = here.imports.get(first).is_some_and(|import| import.path.first() == Some(first));
        if itself && !here.children.contains(first) { None } else { self.absolute(module, written) }
    }

    /// The files that each file needs, with a name that it needs from there.
    pub fn dependencies(&self) -> BTreeMap<PathBuf, BTreeMap<PathBuf, String>> {
        let mut needs: BTreeMap<PathBuf, BTreeMap<PathBuf, String>> = BTreeMap::new();
        for (path, module) in &self.modules {
            let entry = needs.entry(module.file.clone()).or_default();
            let mut need = |target: Option<&Path>, name: &[String]| {
                if let Some(target) = target.filter(|target| *target != module.file) {
                    entry.entry(target.to_owned()).or_insert_with(|| name.join("::"));
                }
            };
            for import in module.imports.values().filter(|import| !import.exported) {
                let target = self.absolute_import(path, &import.path);
                // An imported module is needed where something of it is named.
                if target.as_ref().is_some_and(|target| !self.modules.contains_key(target)) {
                    need(target.and_then(|target| self.follow(&target, 0)), &import.path);
                }
            }
            for glob in &module.globs {
                let target = self.absolute(path, glob);
                need(target.and_then(|target| self.modules.get(&target)).map(|module| module.file.as_path()), glob);
            }
            for written in &module.paths {
                let is_module = |target: &ItemPath| self.modules.contains_key(target);
                if self.absolute(path, written).is_some_and(|target| !is_module(&target)) {
                    need(self.file_of(path, written), written);
                }
            }
        }
        needs
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The path in the attributes before a declared module.
fn path_attribute(before: &[String]) -> Option<String> {
    let start = before.iter().rposition(|token| matches!(token.as_str(), ";" | "}")).map_or(0, |end| end + 1);
    let at = before[start..].windows(2).position(|pair| pair[0] == "path" && pair[1] == "=")?;
    before.get(start + at + 2).map(|literal| literal.trim_start_matches('"').to_owned())
}

/// The path without `..` in it.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.iter() {
        if part == ".." {
            normal.pop();
        } else {
            normal.push(part);
        }
    }
    normal
}

/// The leaves of what follows `use`: the path, and the name that it gets; none for all names of a module.
fn use_tree(tokens: &[String], prefix: &[String], leaves: &mut Vec<(ItemPath, Option<String>)>) {
    let mut path = prefix.to_vec();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "::" => {}
            "{" => {
                let end = super::tokens::group(&tokens[at..]);
                for tree in split(&tokens[at + 1..at + end - 1]) {
                    use_tree(tree, &path, leaves);
                }
                return;
            }
            "*" => return leaves.push((path, None)),
            "as" => return leaves.push((path, tokens.get(at + 1).cloned())),
            "self" if at == 0 && !prefix.is_empty() => {}
            segment => path.push(segment.to_owned()),
        }
        at += 1;
    }
    let name = path.last().cloned();
    if let Some(name) = name {
        leaves.push((path, Some(name)));
    }
}

/// The trees between the commas of a group.
fn split(tokens: &[String]) -> Vec<&[String]> {
    let (mut trees, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                trees.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    trees.push(&tokens[start..]);
    trees.retain(|tree| !tree.is_empty());
    trees
}
