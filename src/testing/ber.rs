//! Recodes a token in BER, as some TSAs send it: with indefinite lengths and its content in pieces.

use signed_data::tlv::{Reader, Tag, Tlv};

/// The positions of the elements on the way to eContent that are coded anew, one for each level: ContentInfo, its
/// content, SignedData, EncapsulatedContentInfo and its eContent.
const PATH: [usize; 5] = [1, 0, 2, 1, 0];

/// Returns the same ContentInfo with SignedData in BER: lengths are indefinite from the outside down to eContent, which
/// becomes constructed, in pieces of 100 octets. Everything else stays as it is, the signed attributes included.
pub(super) fn to_ber(content_info: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(content_info, "ContentInfo");
    let mut out = Vec::new();
    rewrite(&reader.any().ok()?, &PATH, &mut out)?;
    Some(out)
}

fn rewrite(element: &Tlv<'_>, path: &[usize], out: &mut Vec<u8>) -> Option<()> {
    const INDEFINITE: u8 = 0x80;
    const END_OF_CONTENTS: [u8; 2] = [0, 0];
    let Some((rewritten, path)) = path.split_first() else {
        out.extend([Tag::OCTET_STRING.0 | 0x20, INDEFINITE]);
        for piece in element.value.chunks(100) {
            out.extend([Tag::OCTET_STRING.0, u8::try_from(piece.len()).ok()?]);
            out.extend_from_slice(piece);
        }
        out.extend(END_OF_CONTENTS);
        return Some(());
    };
    out.extend([element.tag.0, INDEFINITE]);
    let mut reader = element.reader("element");
    let mut position = 0;
    while !reader.is_empty() {
        let inner = reader.any().ok()?;
        if position == *rewritten {
            rewrite(&inner, path, out)?;
        } else {
            out.extend_from_slice(inner.raw);
        }
        position += 1;
    }
    out.extend(END_OF_CONTENTS);
    Some(())
}
