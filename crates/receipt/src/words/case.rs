//! The words of the page of a case: what the proofs of a letter come to.

use recommande::life::{ContradictionKind, Gap, State};

use crate::language::Language;
use crate::words::table::table;

/// The words of one language.
pub(crate) struct CaseWords {
    pub(crate) title: &'static str,
    pub(crate) title_incomplete: &'static str,
    pub(crate) title_contradicted: &'static str,
    pub(crate) not_the_proof: &'static str,
    pub(crate) proven: &'static str,
    pub(crate) incomplete: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) timeline: &'static str,
    pub(crate) fact_proven: &'static str,
    pub(crate) fact_not_proven: &'static str,
    pub(crate) fact_does_not_count: &'static str,
    pub(crate) proven_at: &'static str,
    pub(crate) contradictions: &'static str,
    pub(crate) gaps: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) foreign: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) how_to_judge: &'static str,
}

/// Returns the words of a language.
pub(crate) fn case_words(language: Language) -> &'static CaseWords {
    match language {
        Language::French => &FRENCH,
        Language::Dutch => &DUTCH,
        Language::German => &GERMAN,
        Language::English => &ENGLISH,
    }
}

static ENGLISH: CaseWords = CaseWords {
    title: "Registered letter: {0}",
    title_incomplete: "Not decided: registered letter, {0}",
    title_contradicted: "Contradicted: registered letter, {0}",
    not_the_proof: "This page is not a proof. The proofs are the files inside this document; this page shows what they come to for the recipient {0}.",
    proven: "Judged on {0}: the state is proven, back to the sending.",
    incomplete: "Judged on {0}: sealed proofs state this, and some that they follow are missing or are not decided.",
    contradicted: "Judged on {0}: the proofs contradict each other.",
    nothing: "Judged on {0}: no proof says anything about the letter.",
    timeline: "What happened",
    fact_proven: "proven",
    fact_not_proven: "stated, not proven",
    fact_does_not_count: "does not count",
    proven_at: "the seal existed at the latest on {0}",
    contradictions: "Contradictions",
    gaps: "What the proofs do not show",
    missing: "Missing proof (ProofId)",
    foreign: "Pieces of evidence in the form of another service: {0}",
    attached: "Proof of this letter",
    how_to_judge: "Take the proofs out of this document into a folder. The example “case” of the library judges them again, with the following command. The certificates of the authorities have to come from a place that you trust, and not from this document.",
};

static FRENCH: CaseWords = CaseWords {
    title: "Envoi recommandé : {0}",
    title_incomplete: "Non décidé : envoi recommandé, {0}",
    title_contradicted: "Contredit : envoi recommandé, {0}",
    not_the_proof: "Cette page n’est pas une preuve. Les preuves sont les fichiers contenus dans ce document ; cette page montre à quoi elles aboutissent pour le destinataire {0}.",
    proven: "Jugé le {0} : l’état est prouvé, jusqu’à l’envoi.",
    incomplete: "Jugé le {0} : des preuves munies d’un cachet électronique l’attestent, et il manque des preuves auxquelles elles font suite, ou elles ne sont pas décidées.",
    contradicted: "Jugé le {0} : les preuves se contredisent.",
    nothing: "Jugé le {0} : aucune preuve ne dit rien de l’envoi.",
    timeline: "Ce qui s’est passé",
    fact_proven: "prouvé",
    fact_not_proven: "attesté, non prouvé",
    fact_does_not_count: "ne compte pas",
    proven_at: "le cachet électronique existait au plus tard le {0}",
    contradictions: "Contradictions",
    gaps: "Ce que les preuves ne montrent pas",
    missing: "Preuve manquante (ProofId)",
    foreign: "Pièces sous la forme d’un autre service : {0}",
    attached: "Preuve de cet envoi",
    how_to_judge: "Extrayez les preuves de ce document dans un dossier. L’exemple « case » de la bibliothèque les juge à nouveau, par la commande suivante. Les certificats des autorités doivent provenir d’une source en laquelle vous avez confiance, et non de ce document.",
};

static DUTCH: CaseWords = CaseWords {
    title: "Aangetekende zending: {0}",
    title_incomplete: "Niet beslist: aangetekende zending, {0}",
    title_contradicted: "Tegengesproken: aangetekende zending, {0}",
    not_the_proof: "Deze pagina is geen bewijs. De bewijzen zijn de bestanden in dit document; deze pagina toont waarop ze neerkomen voor geadresseerde {0}.",
    proven: "Beoordeeld op {0}: de toestand is bewezen, tot en met de verzending.",
    incomplete: "Beoordeeld op {0}: verzegelde bewijzen verklaren dit, en sommige waarop ze volgen ontbreken of zijn niet beslist.",
    contradicted: "Beoordeeld op {0}: de bewijzen spreken elkaar tegen.",
    nothing: "Beoordeeld op {0}: geen bewijs zegt iets over de zending.",
    timeline: "Wat er gebeurde",
    fact_proven: "bewezen",
    fact_not_proven: "verklaard, niet bewezen",
    fact_does_not_count: "telt niet",
    proven_at: "het zegel bestond uiterlijk op {0}",
    contradictions: "Tegenspraken",
    gaps: "Wat de bewijzen niet tonen",
    missing: "Ontbrekend bewijs (ProofId)",
    foreign: "Stukken in de vorm van een andere dienst: {0}",
    attached: "Bewijs van deze zending",
    how_to_judge: "Haal de bewijzen uit dit document in een map. Het voorbeeld “case” van de bibliotheek beoordeelt ze opnieuw, met het volgende commando. De certificaten van de autoriteiten moeten komen van een plaats die u vertrouwt, en niet uit dit document.",
};

static GERMAN: CaseWords = CaseWords {
    title: "Einschreiben: {0}",
    title_incomplete: "Nicht entschieden: Einschreiben, {0}",
    title_contradicted: "Widersprüchlich: Einschreiben, {0}",
    not_the_proof: "Diese Seite ist kein Nachweis. Die Nachweise sind die Dateien in diesem Dokument; diese Seite zeigt, worauf sie für Empfänger {0} hinauslaufen.",
    proven: "Beurteilt am {0}: Der Stand ist bewiesen, zurück bis zum Versand.",
    incomplete: "Beurteilt am {0}: Versiegelte Nachweise bezeugen das, und einige, auf die sie folgen, fehlen oder sind nicht entschieden.",
    contradicted: "Beurteilt am {0}: Die Nachweise widersprechen einander.",
    nothing: "Beurteilt am {0}: Kein Nachweis sagt etwas über die Sendung.",
    timeline: "Was geschah",
    fact_proven: "bewiesen",
    fact_not_proven: "bezeugt, nicht bewiesen",
    fact_does_not_count: "zählt nicht",
    proven_at: "das Siegel bestand spätestens am {0}",
    contradictions: "Widersprüche",
    gaps: "Was die Nachweise nicht zeigen",
    missing: "Fehlender Nachweis (ProofId)",
    foreign: "Stücke in der Form eines anderen Dienstes: {0}",
    attached: "Nachweis dieser Sendung",
    how_to_judge: "Nehmen Sie die Nachweise aus diesem Dokument in einen Ordner. Das Beispiel „case“ der Bibliothek beurteilt sie erneut, mit dem folgenden Befehl. Die Zertifikate der Zertifizierungsstellen müssen von einem Ort kommen, dem Sie vertrauen, und nicht aus diesem Dokument.",
};

table! {
    /// The states of a letter.
    pub(crate) state: State {
        Unknown: "rien n’est prouvé", "niets is bewezen", "nichts ist bewiesen", "nothing is proven";
        RefusedAtSubmission: "refusé au dépôt", "geweigerd bij de indiening", "bei der Einlieferung abgelehnt", "refused at submission";
        Submitted: "déposé", "ingediend", "eingeliefert", "submitted";
        Relayed: "transmis à un autre service", "doorgegeven aan een andere dienst", "an einen anderen Dienst weitergegeben", "relayed to another service";
        RelayFailed: "non transmis", "niet doorgegeven", "nicht weitergegeben", "not relayed";
        AskingFailed: "le destinataire n’a pas pu être interrogé", "de geadresseerde kon niet worden gevraagd", "der Empfänger konnte nicht gefragt werden", "the recipient could not be asked";
        AwaitingAnswer: "en attente d’une réponse", "in afwachting van een antwoord", "Antwort steht aus", "awaiting an answer";
        Accepted: "accepté", "aanvaard", "angenommen", "accepted";
        RefusedByRecipient: "refusé par le destinataire", "geweigerd door de geadresseerde", "vom Empfänger abgelehnt", "refused by the recipient";
        Unclaimed: "non réclamé à temps", "niet op tijd afgehaald", "nicht rechtzeitig abgeholt", "not claimed in time";
        Available: "mis à disposition", "beschikbaar", "bereitgestellt", "available";
        NotAvailable: "n’a pas pu être mis à disposition", "kon niet ter beschikking worden gesteld", "konnte nicht bereitgestellt werden", "could not be made available";
        Opened: "ouvert", "geopend", "geöffnet", "opened";
        HandoverFailed: "n’a pas pu être remis", "kon niet worden overhandigd", "konnte nicht übergeben werden", "could not be handed over";
        LeftService: "sorti de l’envoi recommandé électronique", "buiten de elektronisch aangetekende zending gebracht", "aus dem elektronischen Einschreiben hinausgegeben", "left registered delivery";
        LeavingFailed: "n’a pas pu sortir de l’envoi recommandé électronique", "kon niet buiten de elektronisch aangetekende zending worden gebracht", "konnte nicht aus dem elektronischen Einschreiben hinausgegeben werden", "could not leave registered delivery";
    }
}

table! {
    /// What proofs do not show.
    pub(crate) gap: Gap {
        AvailabilityNotProven: "Le contenu a été ouvert ou remis, et aucune preuve ne montre qu’il était à disposition.", "De inhoud werd geopend of overhandigd, en geen bewijs toont dat hij beschikbaar was.", "Der Inhalt wurde geöffnet oder übergeben, und kein Nachweis zeigt, dass er bereitlag.", "The content was opened or handed over, and no proof shows that it lay there.";
        NeverActivated: "Le destinataire n’a jamais ouvert sa boîte, de sorte que personne ne peut avoir été averti.", "De geadresseerde heeft zijn box nooit geopend, zodat niemand verwittigd kan zijn.", "Der Empfänger hat sein Postfach nie geöffnet, sodass niemand benachrichtigt worden sein kann.", "The recipient has never opened its box, so that nobody can have been told.";
        RecipientSignatureNotEvaluated: "La signature de l’acceptation par le destinataire lui-même n’a pas été jugée.", "De eigen handtekening van de geadresseerde onder de aanvaarding werd niet beoordeeld.", "Die eigene Signatur des Empfängers unter der Annahme wurde nicht beurteilt.", "The recipient’s own signature of the acceptance was not judged.";
        SubmissionNotGiven: "L’envoi nomme un dépôt que son expéditeur a signé, et qui n’a pas été donné.", "De zending noemt een indiening die haar afzender ondertekende, en die niet werd gegeven.", "Die Sendung nennt eine Einlieferung, die ihr Absender signiert hat und die nicht gegeben wurde.", "The sending names a submission that its sender signed, which was not given.";
        SubmissionNotVerified: "Il n’est pas décidé si l’expéditeur a signé le dépôt qui a été donné.", "Het is niet beslist of de afzender de gegeven indiening ondertekende.", "Es ist nicht entschieden, ob der Absender die gegebene Einlieferung signiert hat.", "It is not decided whether the sender signed the submission that was given.";
    }
}

table! {
    /// The ways in which proofs contradict each other.
    pub(crate) contradiction: ContradictionKind {
        AcceptedAndRejected: "un même service a accepté et refusé le dépôt", "één dienst heeft de indiening zowel aangenomen als geweigerd", "ein und derselbe Dienst hat die Einlieferung angenommen und abgelehnt", "one service both accepted and rejected the submission";
        Equivocation: "deux déclarations différentes portent un même identifiant", "twee verschillende verklaringen dragen één identificatie", "zwei verschiedene Bezeugungen tragen eine Kennung", "two different statements bear one evidence identifier";
        SplitView: "un même message a d’autres parties ou un autre contenu dans une déclaration que dans une autre", "één bericht heeft in de ene verklaring andere partijen of een andere inhoud dan in de andere", "eine Nachricht hat in einer Bezeugung andere Beteiligte oder anderen Inhalt als in einer anderen", "one message has other parties or other content in one statement than in another";
        AnswersConflict: "le destinataire a accepté et refusé, ou a répondu à une demande qui a expiré sans réponse", "de geadresseerde heeft aanvaard en geweigerd, of antwoordde op een verzoek dat zonder antwoord verstreek", "der Empfänger hat angenommen und abgelehnt, oder auf eine Aufforderung geantwortet, die ohne Antwort ablief", "the recipient accepted and refused, or answered a request that expired without an answer";
        ExpiryTooEarly: "l’expiration est antérieure à la fin du délai de réponse", "het verstrijken is vroeger dan het einde van de termijn", "der Ablauf ist früher als das Ende der Frist", "the expiry is earlier than the end of the period for an answer";
        AnsweredTooLate: "la réponse est postérieure au délai", "het antwoord is later dan de termijn", "die Antwort ist später als die Frist", "the answer is later than the period for it";
        AnsweredBeforePeriod: "le destinataire a répondu ou ouvert avant le début du délai de réponse", "de geadresseerde antwoordde of opende voor het begin van de termijn", "der Empfänger hat vor dem Beginn der Frist geantwortet oder geöffnet", "the recipient answered or opened before the period for an answer began";
        AnswerPeriodDiffers: "le délai de réponse n’est pas du nombre de jours que l’expéditeur demande", "de termijn telt niet de dagen die de afzender vraagt", "die Frist hat nicht die Tage, die der Absender verlangt", "the period for an answer is not one of the days that the sender asks for";
        AnswerNotAskedFor: "l’expéditeur a demandé le mode de base, où le destinataire n’a rien à accepter ou refuser", "de afzender vroeg de basiswijze, waarin de geadresseerde niets te aanvaarden of te weigeren heeft", "der Absender hat die einfache Art verlangt, bei der der Empfänger nichts anzunehmen oder abzulehnen hat", "the sender asked for the mode basic, in which the recipient has nothing to accept or refuse";
        AcceptanceMissing: "l’expéditeur a demandé d’abord une acceptation, et le contenu a été mis à disposition, ouvert ou remis sans elle", "de afzender vroeg eerst een aanvaarding, en de inhoud werd zonder haar beschikbaar gesteld, geopend of overhandigd", "der Absender hat zuerst eine Annahme verlangt, und der Inhalt wurde ohne sie bereitgestellt, geöffnet oder übergeben", "the sender asked for acceptance first, and the content was made available, opened or handed over without it";
        EventBeforeCause: "l’événement est antérieur à celui qui y a mené", "de gebeurtenis is vroeger dan die welke ertoe leidde", "das Ereignis ist früher als das, das dazu führte", "the event is earlier than the one that led to it";
        RelayedBySameService: "le service qui a pris en charge le message se l’est transmis à lui-même", "de dienst die het bericht aannam, gaf het aan zichzelf door", "der Dienst, der die Nachricht übernahm, hat sie an sich selbst weitergegeben", "the service that took charge relayed the message to itself";
        OpenedAfterAvailability: "le contenu a été ouvert après la fin de sa disponibilité", "de inhoud werd geopend na het einde van de beschikbaarheid ervan", "der Inhalt wurde nach dem Ende seiner Verfügbarkeit geöffnet", "the content was opened after its availability had ended";
        FailedAfterSuccess: "l’échec est attesté de ce dont la réussite a été attestée", "het mislukken is verklaard van wat als gelukt verklaard werd", "das Scheitern dessen ist bezeugt, was als gelungen bezeugt wurde", "the failure is stated of what was stated to have succeeded";
        RecipientSignatureMissing: "l’expéditeur a demandé une acceptation que le destinataire signe, et l’acceptation n’a pas de signature", "de afzender vroeg een aanvaarding die de geadresseerde ondertekent, en de aanvaarding heeft geen handtekening", "der Absender hat eine Annahme verlangt, die der Empfänger signiert, und die Annahme hat keine Signatur", "the sender asked for an acceptance that the recipient signs, and the acceptance has no signature";
        RecipientSignatureInvalid: "la signature de l’acceptation par le destinataire lui-même échoue, ou est d’une autre lettre", "de eigen handtekening van de geadresseerde onder de aanvaarding faalt, of is van een andere brief", "die eigene Signatur des Empfängers unter der Annahme scheitert oder ist von einem anderen Brief", "the recipient’s own signature of the acceptance fails, or is of another letter";
        SubmissionDiffers: "l’envoi n’est pas ce que son expéditeur a signé dans le dépôt qu’il nomme, ou cette signature échoue", "de zending is niet wat haar afzender ondertekende in de indiening die ze noemt, of die handtekening faalt", "die Sendung ist nicht das, was ihr Absender in der genannten Einlieferung signiert hat, oder diese Signatur scheitert", "the sending is not what its sender signed in the submission that it names, or that signature fails";
        AssuranceBelowTerms: "le destinataire a été authentifié à un niveau plus bas que l’expéditeur ne l’a demandé", "de geadresseerde werd op een lager niveau geauthenticeerd dan de afzender vroeg", "der Empfänger wurde auf einem niedrigeren Niveau authentifiziert, als der Absender verlangt hat", "the recipient was authenticated at a lower level than the sender asked for";
        MandateInvalid: "le délégué n’avait pas de mandat pour ce qu’il a fait", "de gemachtigde had geen mandaat voor wat hij deed", "der Vertreter hatte kein Mandat für das, was er tat", "the delegate had no mandate for what it did";
        RecipientDiffers: "l’identifiant qui est dit avoir changé n’est pas celui du destinataire, ou a changé plus tard", "de identificatie die gewijzigd zou zijn, is niet die van de geadresseerde, of wijzigde later", "die Kennung, die sich geändert haben soll, ist nicht die des Empfängers oder änderte sich später", "the identifier that is said to have changed is not that of the recipient, or changed later";
        EnvironmentsMixed: "les déclarations sont de plusieurs environnements", "de verklaringen zijn van meerdere omgevingen", "die Bezeugungen sind von mehreren Umgebungen", "the statements are of several environments";
        ReasonContradictsEvent: "le motif est celui d’autres événements", "de reden hoort bij andere gebeurtenissen", "der Grund gehört zu anderen Ereignissen", "the reason is one of other events";
        IssuerNotInCharge: "le service qui atteste ceci n’était pas en charge du message", "de dienst die dit verklaart, had het bericht niet onder zich", "der Dienst, der das bezeugt, war für die Nachricht nicht zuständig", "the service that states this was not in charge of the message";
        StatedAfterRelay: "le service atteste ceci après qu’un autre a pris le message en charge", "de dienst verklaart dit nadat een andere het bericht overnam", "der Dienst bezeugt das, nachdem ein anderer die Nachricht übernommen hat", "the service states this after another one took the message over";
        CauseOfAnotherLetter: "la déclaration nomme une cause d’un autre destinataire ou d’un autre message", "de verklaring noemt een oorzaak van een andere geadresseerde of een ander bericht", "die Bezeugung nennt eine Ursache eines anderen Empfängers oder einer anderen Nachricht", "the statement names a cause about another recipient or another message";
        EventOutOfOrder: "l’état à ce moment ne permet pas l’événement", "de toestand op dat tijdstip laat de gebeurtenis niet toe", "der Stand zu dieser Zeit erlaubt das Ereignis nicht", "the state at that time does not allow the event";
    }
}
