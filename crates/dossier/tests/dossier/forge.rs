//! Makes zip files of any form: each field of each header is whatever a test says.

/// One of the two headers of an entry.
#[derive(Clone, Default)]
pub struct Header {
    pub made_by: u16,
    pub needed: u16,
    pub flags: u16,
    pub method: u16,
    pub time: u16,
    pub date: u16,
    pub checksum: u32,
    pub compressed: u32,
    pub size: u32,
    pub name: Vec<u8>,
    pub extra: Vec<u8>,
    /// In the central directory alone.
    pub comment: Vec<u8>,
    pub disk: u16,
    pub internal: u16,
    pub external: u32,
    /// What is added to the true offset.
    pub astray: u32,
}

#[derive(Clone, Default)]
pub struct Entry {
    pub local: Header,
    pub central: Header,
    /// What lies before the local header.
    pub before: Vec<u8>,
    pub octets: Vec<u8>,
}

impl Entry {
    /// A stored entry as it has to be.
    pub fn stored(name: &str, octets: &[u8]) -> Self {
        let size = octets.len().try_into().unwrap();
        let header = Header {
            made_by: 10,
            needed: 10,
            date: 0x21,
            checksum: crc32fast::hash(octets),
            compressed: size,
            size,
            name: name.as_bytes().to_vec(),
            ..Header::default()
        };
        Self { local: header.clone(), central: header, before: Vec::new(), octets: octets.to_vec() }
    }

    /// Changes both headers alike.
    pub fn both(&mut self, change: impl Fn(&mut Header)) {
        change(&mut self.local);
        change(&mut self.central);
    }

    pub fn name(&self) -> String {
        String::from_utf8(self.central.name.clone()).unwrap()
    }

    /// Puts other octets there, with headers that fit.
    pub fn replace(&mut self, octets: &[u8]) {
        *self = Self::stored(&self.name(), octets);
    }
}

/// A zip file with its record at the end.
#[derive(Clone)]
pub struct Zip {
    pub entries: Vec<Entry>,
    /// What lies before the central directory.
    pub before_directory: Vec<u8>,
    pub disk: u16,
    /// What is added to the true numbers in the record at the end.
    pub more_entries: u16,
    pub comment: Vec<u8>,
    pub behind: Vec<u8>,
}

impl Zip {
    pub fn of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            before_directory: Vec::new(),
            disk: 0,
            more_entries: 0,
            comment: Vec::new(),
            behind: Vec::new(),
        }
    }

    /// Takes a container apart.
    pub fn read(octets: &[u8]) -> Self {
        let u16_at = |at: usize| u16::from_le_bytes(octets[at..at + 2].try_into().unwrap());
        let u32_at = |at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap());
        let end = octets.len() - 22;
        let mut at = u32_at(end + 16) as usize;
        let mut entries = Vec::new();
        while at < end {
            let (size, name, start) = (u32_at(at + 24) as usize, u16_at(at + 28) as usize, u32_at(at + 42) as usize);
            let text = std::str::from_utf8(&octets[at + 46..at + 46 + name]).unwrap();
            let start = start + 30 + name;
            entries.push(Entry::stored(text, &octets[start..start + size]));
            at += 46 + name;
        }
        Self::of(entries)
    }

    pub fn entry(&mut self, name: &str) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.name() == name).unwrap()
    }

    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|entry| entry.name() != name);
    }

    /// Puts an entry behind that of this name.
    pub fn insert_behind(&mut self, name: &str, entry: Entry) {
        let place = self.entries.iter().position(|entry| entry.name() == name).unwrap();
        self.entries.insert(place + 1, entry);
    }

    pub fn to_octets(&self) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for Entry { local, central, before, octets } in &self.entries {
            out.extend(before);
            let offset = u32::try_from(out.len()).unwrap();
            out.extend(b"PK\x03\x04");
            out.extend(local.needed.to_le_bytes());
            push_common(&mut out, local);
            out.extend(&local.name);
            out.extend(&local.extra);
            out.extend(octets);
            directory.extend(b"PK\x01\x02");
            directory.extend(central.made_by.to_le_bytes());
            directory.extend(central.needed.to_le_bytes());
            push_common(&mut directory, central);
            directory.extend((central.comment.len() as u16).to_le_bytes());
            directory.extend(central.disk.to_le_bytes());
            directory.extend(central.internal.to_le_bytes());
            directory.extend(central.external.to_le_bytes());
            directory.extend((offset.wrapping_add(central.astray)).to_le_bytes());
            directory.extend(&central.name);
            directory.extend(&central.extra);
            directory.extend(&central.comment);
        }
        out.extend(&self.before_directory);
        let start = u32::try_from(out.len()).unwrap();
        let count = (self.entries.len() as u16).wrapping_add(self.more_entries).to_le_bytes();
        out.extend(&directory);
        out.extend(b"PK\x05\x06");
        out.extend(self.disk.to_le_bytes());
        out.extend([0; 2]);
        out.extend([count, count].concat());
        out.extend((directory.len() as u32).to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend((self.comment.len() as u16).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.behind);
        out
    }
}

fn push_common(out: &mut Vec<u8>, header: &Header) {
    for field in [header.flags, header.method, header.time, header.date] {
        out.extend(field.to_le_bytes());
    }
    for field in [header.checksum, header.compressed, header.size] {
        out.extend(field.to_le_bytes());
    }
    for field in [header.name.len(), header.extra.len()] {
        out.extend((field as u16).to_le_bytes());
    }
}
