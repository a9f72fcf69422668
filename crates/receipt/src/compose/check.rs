//! How a reader checks what the page says.

use recommande::evidence::Statement;

use super::{Composer, grouped};
use crate::page::{Attachment, Block, Rows, Section};
#[cfg(feature = "code")]
use crate::qr::QrCode;
use crate::shown::Shown;
use crate::text::Text;

impl Composer {
    pub(super) fn check(&self, shown: &Shown, attachments: &[Attachment]) -> Section {
        let words = self.words;
        let mut blocks = Vec::new();
        let mut rows = Rows::default();
        if let Some(read) = &shown.proof {
            let statement = &read.statement;
            rows.add(words.proof_id, Text::own(grouped(read.proof.id().digest().as_bytes())));
            rows.add(words.evidence_identifier, Text::own(statement.evidence_identifier().to_string()));
            let preceding = |digest: &[u8]| Text::own(grouped(digest));
            let follows = statement.preceding_evidence().map(|preceding| preceding.proof_id().as_bytes());
            rows.add_lines(words.follows, follows.map(preceding).into_iter().collect());
            let cause = statement.caused_by().map(|cause| cause.proof_id().as_bytes());
            rows.add_lines(words.caused_by, cause.map(preceding).into_iter().collect());
        }
        rows.add_lines(words.inside, attachments.iter().map(|attachment| self.attached(attachment)).collect());
        blocks.extend(rows.into_block());
        if shown.proof.as_ref().is_some_and(|read| read.proof.parts().is_none()) {
            let name = Text::own(self.file_name(&shown.name()));
            blocks.push(Block::Paragraph(Text::filled(words.how_to_check, &[self.quoted(name.clone())])));
            blocks.push(Block::Command(Text::filled(words.openssl, &[name]).to_plain()));
        }
        #[cfg(feature = "code")]
        blocks.extend(shown.proof.as_ref().and_then(|read| QrCode::of(&read.proof)).map(|code| {
            let description = if code.holds_seal() { words.code_of_seal } else { words.code_of_name };
            Block::Code(Box::new(code), Text::own(description))
        }));
        Section { heading: Text::own(words.check), blocks }
    }

    pub(super) fn attached(&self, attachment: &Attachment) -> Text {
        let size = Text::filled(self.words.octets, &[Text::own(attachment.octets.len().to_string())]);
        Text::own(format!("{} ({}): {}", attachment.name, size.to_plain(), attachment.description))
    }
}
