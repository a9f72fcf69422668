//! The page of a case: the state of a letter for one recipient, with its time line.

use chrono::SecondsFormat;
use recommande::evidence::{Event, KnownReason};
use recommande::life::{CaseVerdict, State, StatedFact};

use super::{Composer, Options, attachment, grouped};
use crate::page::{Attachment, Block, Page, Rows, Section, Tone};
use crate::shown::free_name;
use crate::shown_case::ShownCase;
use crate::text::Text;
use crate::words::{self, CaseWords, case_words};

/// Makes the page of a case: who and what, the time line, and what the proofs say against each other and do not show.
pub fn page_of_case(shown: &ShownCase, options: Options) -> Page {
    Composer::new(options).page_of_case(shown)
}

impl Composer {
    fn page_of_case(&self, shown: &ShownCase) -> Page {
        let case_words = case_words(self.options.language);
        let case = &shown.case;
        let date = [self.inline(shown.judged_at)];
        let number = Text::own(case.recipient.to_string());
        let mut lead = vec![Text::filled(case_words.not_the_proof, &[number])];
        let (tone, title, verdict) = match case.verdict {
            CaseVerdict::Proven(_) => (Tone::Holds, case_words.title, case_words.proven),
            CaseVerdict::Contradicted(_) => (Tone::Fails, case_words.title_contradicted, case_words.contradicted),
            CaseVerdict::Nothing => (Tone::Undecided, case_words.title_incomplete, case_words.nothing),
            // The enum may grow, and what is not known here is not proven.
            CaseVerdict::Incomplete(_) | _ => (Tone::Undecided, case_words.title_incomplete, case_words.incomplete),
        };
        let mut sections = Vec::new();
        // The first proof that counts names everybody: mostly that of the sending.
        let first = case.facts.iter().find(|fact| fact.counts);
        let proof = first.and_then(|fact| shown.proofs.iter().find(|proof| proof.read.proof.id() == fact.proof));
        if let (Some(fact), Some(proof)) = (first, proof) {
            if !fact.proven {
                lead.push(Text::own(self.words.nothing_decided));
            }
            sections.push(self.parties(&proof.read));
            sections.push(self.item(&proof.read, &fact.signatures));
        }
        let names = self.names(shown);
        sections.push(self.timeline(shown, &names, case_words));
        sections.push(self.remarks(shown, case_words));
        let files = shown.proofs.iter().zip(&names);
        let attachments: Vec<Attachment> =
            files.map(|(proof, name)| attachment(name, Some(&proof.read), case_words.attached, &proof.file)).collect();
        sections.push(self.files(shown, &attachments, case_words));
        sections.push(self.not_proven());
        if self.hides.get() {
            lead.push(Text::own(self.words.masked));
        }
        Page {
            language: self.options.language,
            title: Text::filled(title, &[Text::own(self.state(case.state()))]),
            tone,
            verdict: Text::filled(verdict, &date),
            across: self.words.across(shown.environment),
            lead,
            sections,
            attachments,
            date: shown.judged_at,
        }
    }

    fn state(&self, state: State) -> &'static str {
        words::state(self.options.language, state)
    }

    /// The facts in the order in which they happened, each with the time that is stated and the one that is proven.
    fn timeline(&self, shown: &ShownCase, names: &[String], case_words: &CaseWords) -> Section {
        let mut rows = Rows::default();
        for fact in &shown.case.facts {
            let event = Event::ALL.iter().copied().find(|event| event.name() == fact.event);
            let header = match event {
                Some(event) => Text::own(words::event(self.options.language, event)),
                None => Text::foreign(fact.event),
            };
            rows.add_under(header, self.fact(fact, shown, names, case_words));
        }
        Section { heading: Text::own(case_words.timeline), blocks: rows.into_block().into_iter().collect() }
    }

    /// The names of the files inside, of which no two are the same once numbers are hidden in them.
    fn names(&self, shown: &ShownCase) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(shown.proofs.len());
        for proof in &shown.proofs {
            names.push(free_name(&self.file_name(&proof.name), |name| names.iter().any(|taken| taken == name)));
        }
        names
    }

    fn fact(&self, fact: &StatedFact, shown: &ShownCase, names: &[String], case_words: &CaseWords) -> Vec<Text> {
        let mut lines = vec![Text::own(format!("{}:", self.words.stated_time))];
        lines.extend(self.moment(fact.at));
        lines.push(self.foreign(&fact.service));
        let standing = match (fact.proven, fact.counts) {
            (true, true) => case_words.fact_proven,
            (false, true) => case_words.fact_not_proven,
            (_, false) => case_words.fact_does_not_count,
        };
        let place = shown.proofs.iter().position(|proof| proof.read.proof.id() == fact.proof);
        let proof = place.and_then(|place| shown.proofs.get(place));
        let proven_at = proof.and_then(|proof| proof.proven_at);
        let proven_at = proven_at.map(|time| Text::filled(case_words.proven_at, &[self.inline(time)]));
        let standing = Text::own(standing);
        lines.push(proven_at.into_iter().fold(standing, |text, time| text.and(Text::own("; ")).and(time)));
        lines.extend(fact.reasons.iter().map(|uri| match KnownReason::of_uri(uri) {
            Some(reason) => Text::own(words::reason(self.options.language, reason)),
            None => Text::foreign(uri),
        }));
        lines.extend(fact.finding.iter().chain(&fact.signatures).flat_map(|finding| self.finding(finding)));
        let name = place.and_then(|place| names.get(place)).map_or("", String::as_str);
        lines.push(Text::own(format!("{name}, ProofId {}", grouped(fact.proof.digest().as_bytes()))));
        lines
    }

    /// What the proofs say against each other, and what they do not show.
    fn remarks(&self, shown: &ShownCase, case_words: &CaseWords) -> Section {
        let (case, language) = (&shown.case, self.options.language);
        let mut rows = Rows::default();
        let state = [case.state(), case.proven].map(|state| Text::own(self.state(state)));
        let [state, proven] = state;
        rows.add(self.words.verdict, state);
        if case.state() != case.proven {
            rows.add(case_words.fact_proven, proven);
        }
        let contradictions = case.contradictions.iter().map(|contradiction| {
            Text::own(format!("{} ({})", words::contradiction(language, contradiction.kind), contradiction.kind))
        });
        rows.add_lines(case_words.contradictions, contradictions.collect());
        let gaps = case.gaps.iter().map(|gap| Text::own(words::gap(language, *gap)));
        rows.add_lines(case_words.gaps, gaps.collect());
        let missing = case.missing.iter().map(|missing| Text::foreign(&missing.proof));
        rows.add_lines(case_words.missing, missing.collect());
        let count = case.foreign.len() + case.more_foreign;
        let mut blocks: Vec<Block> = rows.into_block().into_iter().collect();
        if count > 0 {
            blocks.push(Block::Paragraph(Text::filled(case_words.foreign, &[Text::own(count.to_string())])));
        }
        Section { heading: Text::own(self.words.verdict), blocks }
    }

    /// The files inside, and the command that judges them again as at the time of the page.
    fn files(&self, shown: &ShownCase, attachments: &[Attachment], case_words: &CaseWords) -> Section {
        let mut rows = Rows::default();
        rows.add_lines(self.words.inside, attachments.iter().map(|attachment| self.attached(attachment)).collect());
        let mut blocks: Vec<Block> = rows.into_block().into_iter().collect();
        let command = format!(
            "cargo run --example case -- FOLDER --seal-anchors seal-anchors.pem --tsa-anchors tsa-anchors.pem \
             --environment {} --now {}",
            shown.environment,
            shown.judged_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
        );
        blocks.push(Block::Paragraph(Text::own(case_words.how_to_judge)));
        blocks.push(Block::Command(command));
        Section { heading: Text::own(self.words.check), blocks }
    }
}
