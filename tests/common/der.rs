//! A tree of DER elements that can be cut and put together again, every length adapted.

use recommande::crypto::Signer;

/// One element: its tag octet, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub tag: u8,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Octets(Vec<u8>),
    Children(Vec<Node>),
}

/// Where something is: child numbers from the outermost element downwards.
pub type Path = [usize];

/// SignedData within its ContentInfo.
pub const SIGNED_DATA: &Path = &[1, 0];
/// The only SignerInfo of one of our proofs.
pub const SIGNER_INFO: &Path = &[1, 0, 4, 0];
/// The statement: an OCTET STRING.
pub const CONTENT: &Path = &[1, 0, 2, 1, 0];
pub const CERTIFICATES: &Path = &[1, 0, 3];
pub const SIGNED_ATTRIBUTES: &Path = &[1, 0, 4, 0, 3];
pub const SIGNATURE: &Path = &[1, 0, 4, 0, 5];
pub const UNSIGNED_ATTRIBUTES: &Path = &[1, 0, 4, 0, 6];

pub fn octets(tag: u8, octets: &[u8]) -> Node {
    Node { tag, body: Body::Octets(octets.to_vec()) }
}

pub fn node(tag: u8, children: Vec<Node>) -> Node {
    Node { tag, body: Body::Children(children) }
}

pub fn oid(oid: const_oid::ObjectIdentifier) -> Node {
    octets(0x06, oid.as_bytes())
}

/// Attribute ::= SEQUENCE { attrType, attrValues SET OF }.
pub fn attribute(kind: const_oid::ObjectIdentifier, values: Vec<Node>) -> Node {
    node(0x30, vec![oid(kind), node(0x31, values)])
}

/// The same, its values as octets, whatever they are.
pub fn attribute_of(kind: const_oid::ObjectIdentifier, values: &[u8]) -> Node {
    node(0x30, vec![oid(kind), octets(0x31, values)])
}

/// The header of an element: its tag, the octets that tag and length take, the length of what is in it.
fn header(der: &[u8]) -> (u8, usize, usize) {
    let first = usize::from(der[1]);
    if first < 0x80 {
        return (der[0], 2, first);
    }
    let count = first & 0x7f;
    let length = der[2..2 + count].iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    (der[0], 2 + count, length)
}

/// Every octet of the file, with the path of the innermost element that it belongs to.
pub fn places(der: &[u8]) -> Vec<Vec<usize>> {
    fn walk(der: &[u8], start: usize, path: &[usize], places: &mut [Vec<usize>]) -> usize {
        let (tag, header, length) = header(&der[start..]);
        let end = start + header + length;
        places[start..end].fill(path.to_vec());
        if tag & 0x20 != 0 {
            let (mut offset, mut number) = (start + header, 0);
            while offset < end {
                let path: Vec<usize> = path.iter().copied().chain([number]).collect();
                offset = walk(der, offset, &path, places);
                number += 1;
            }
        }
        end
    }
    let mut places = vec![Vec::new(); der.len()];
    walk(der, 0, &[], &mut places);
    places
}

impl Node {
    pub fn parse(der: &[u8]) -> Self {
        let (tag, header, length) = header(der);
        let contents = &der[header..header + length];
        if tag & 0x20 == 0 {
            return octets(tag, contents);
        }
        let mut rest = contents;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let (_, header, length) = self::header(rest);
            children.push(Self::parse(&rest[..header + length]));
            rest = &rest[header + length..];
        }
        node(tag, children)
    }

    pub fn to_der(&self) -> Vec<u8> {
        let contents = self.contents();
        let length = contents.len().to_be_bytes();
        let significant = &length[length.iter().position(|octet| *octet != 0).unwrap_or(length.len() - 1)..];
        let mut der = vec![self.tag];
        if contents.len() >= 0x80 {
            der.push(0x80 | u8::try_from(significant.len()).unwrap());
        }
        der.extend(significant);
        der.extend(contents);
        der
    }

    pub fn contents(&self) -> Vec<u8> {
        match &self.body {
            Body::Octets(octets) => octets.clone(),
            Body::Children(children) => children.iter().flat_map(Self::to_der).collect(),
        }
    }

    pub fn children(&self) -> &[Node] {
        match &self.body {
            Body::Children(children) => children,
            Body::Octets(_) => &[],
        }
    }

    pub fn children_mut(&mut self) -> &mut Vec<Node> {
        match &mut self.body {
            Body::Children(children) => children,
            Body::Octets(_) => panic!("a primitive element has no children"),
        }
    }

    /// The children, none for a primitive element.
    pub fn children_iter_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        match &mut self.body {
            Body::Children(children) => children.iter_mut(),
            Body::Octets(_) => [].iter_mut(),
        }
    }

    pub fn octets_mut(&mut self) -> &mut Vec<u8> {
        match &mut self.body {
            Body::Octets(octets) => octets,
            Body::Children(_) => panic!("a constructed element has children"),
        }
    }

    pub fn at(&self, path: &Path) -> &Node {
        path.iter().fold(self, |node, number| &node.children()[*number])
    }

    pub fn at_mut(&mut self, path: &Path) -> &mut Node {
        path.iter().fold(self, |node, number| &mut node.children_mut()[*number])
    }

    /// Paths of all elements below this one.
    pub fn paths(&self) -> Vec<Vec<usize>> {
        let mut paths = Vec::new();
        for (number, child) in self.children().iter().enumerate() {
            paths.push(vec![number]);
            paths.extend(child.paths().into_iter().map(|below| [vec![number], below].concat()));
        }
        paths
    }

    /// With a change made in a copy.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Node)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// With this attribute among the unsigned ones of the only SignerInfo.
    #[must_use]
    pub fn with_unsigned(&self, attribute: Node) -> Self {
        self.with(|file| {
            // The last field, behind the crls where there are some.
            let signer_infos = file.at(&[1, 0]).children().len() - 1;
            let signer_info = file.at_mut(&[1, 0, signer_infos, 0]).children_mut();
            match signer_info.get_mut(6) {
                Some(attributes) => attributes.children_mut().push(attribute),
                None => signer_info.push(node(0xa1, vec![attribute])),
            }
        })
    }

    /// With other signed attributes under a new, valid signature: what a signer that does not keep to the rules would
    /// make.
    #[must_use]
    pub fn resigned(&self, signer: &dyn Signer, change: impl FnOnce(&mut Vec<Node>)) -> Self {
        self.with(|file| {
            change(file.at_mut(SIGNED_ATTRIBUTES).children_mut());
            let mut set = file.at(SIGNED_ATTRIBUTES).clone();
            set.tag = 0x31;
            let signature = signer.sign(&set.to_der()).unwrap();
            *file.at_mut(SIGNATURE) = octets(0x04, &signature);
        })
    }
}

/// The order that DER has for a SET OF.
pub fn sort(set: &mut [Node]) {
    set.sort_by_key(Node::to_der);
}

/// The token in a TimeStampResp, cut out as it is.
pub fn token_of_response(response: &[u8]) -> Vec<u8> {
    let (_, outer, _) = header(response);
    let status = &response[outer..];
    let (_, header, length) = self::header(status);
    status[header + length..].to_vec()
}

/// The response with a token whose algorithms are in another order than DER's.
pub fn disordered_token(response: &[u8]) -> Vec<u8> {
    let disordered = Node::parse(response).with(|response| {
        let algorithms = response.at_mut(&[1, 1, 0, 1]).children_mut();
        algorithms.insert(0, node(0x30, vec![oid(recommande::crypto::DigestAlgorithm::Sha512.oid())]));
    });
    disordered.to_der()
}

/// An element with a length in an octet more than it needs.
pub fn with_long_length(element: &[u8]) -> Vec<u8> {
    let (header, length) = element.split_at(2);
    assert!(header[1] > 0x80, "a long form");
    [&[header[0], header[1] + 1, 0], length].concat()
}

/// A seal whose content has a length in an octet more than it needs, and is read all the same.
pub fn with_long_content(seal: &[u8]) -> Vec<u8> {
    let file = Node::parse(seal);
    let [content_type, content] = [0, 1].map(|number| file.at(&[number]).to_der());
    octets(0x30, &[content_type, with_long_length(&content)].concat()).to_der()
}
