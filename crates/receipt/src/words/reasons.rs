//! The reasons of events, and the words of mandates.

use recommande::evidence::{KnownReason, MandateAction, MandateRole};

use crate::language::Language;
use crate::words::table::table;

table! {
    /// The reasons of events.
    pub(crate) reason: KnownReason {
        InvalidMessageFormat: "le message n’a pas une forme que le service accepte", "het bericht heeft geen vorm die de dienst aanneemt", "die Nachricht hat keine Form, die der Dienst annimmt", "the message is not of a form that the service takes";
        MessageSuccessfullyRelayed: "le message a été transmis", "het bericht is doorgegeven", "die Nachricht wurde weitergegeben", "the message was relayed";
        MessageRejected: "le service suivant a refusé le message", "de volgende dienst heeft het bericht geweigerd", "der nächste Dienst hat die Nachricht abgelehnt", "the next service refused the message";
        MessageRejectedForMalware: "le service suivant a refusé le message, qui contient un logiciel malveillant", "de volgende dienst heeft het bericht geweigerd, omdat het malware bevat", "der nächste Dienst hat die Nachricht abgelehnt, weil sie Schadsoftware enthält", "the next service refused the message, which holds malware";
        MessageRejectedForInvalidSignature: "le service suivant a refusé le message, dont la signature n’est pas valable", "de volgende dienst heeft het bericht geweigerd, omdat de handtekening ervan niet geldig is", "der nächste Dienst hat die Nachricht abgelehnt, weil ihre Signatur nicht gültig ist", "the next service refused the message, whose signature is not valid";
        MessageRejectedForInvalidCertificate: "le service suivant a refusé le message, dont le certificat n’est pas valable", "de volgende dienst heeft het bericht geweigerd, omdat het certificaat ervan niet geldig is", "der nächste Dienst hat die Nachricht abgelehnt, weil ihr Zertifikat nicht gültig ist", "the next service refused the message, whose certificate is not valid";
        PolicyViolation: "le message enfreint la politique du service suivant", "het bericht schendt het beleid van de volgende dienst", "die Nachricht verstößt gegen die Richtlinie des nächsten Dienstes", "the message breaks the policy of the next service";
        UnregisteredRecipient: "le service suivant n’achemine pas de messages vers ce destinataire", "de volgende dienst bezorgt geen berichten aan deze geadresseerde", "der nächste Dienst befördert keine Nachrichten an diesen Empfänger", "the next service does not carry messages to this recipient";
        ServiceMalfunction: "le service suivant ne fonctionne pas", "de volgende dienst werkt niet", "der nächste Dienst arbeitet nicht", "the next service does not work";
        ServiceNotIdentified: "le service suivant n’a pas pu être identifié", "de volgende dienst kon niet worden geïdentificeerd", "der nächste Dienst konnte nicht bestimmt werden", "the next service could not be identified";
        ServiceUnreachable: "le service suivant n’a pas pu être joint", "de volgende dienst was niet bereikbaar", "der nächste Dienst war nicht erreichbar", "the next service could not be reached";
        UnknownRecipient: "le service suivant ne connaît pas le destinataire", "de volgende dienst kent de geadresseerde niet", "der nächste Dienst kennt den Empfänger nicht", "the next service does not know the recipient";
        NoRelayAcceptance: "le service suivant n’a pas dit qu’il a pris en charge le message", "de volgende dienst heeft niet gezegd dat hij het bericht heeft overgenomen", "der nächste Dienst hat nicht gesagt, dass er die Nachricht übernommen hat", "the next service did not say that it took the message";
        RejectedByRecipient: "le destinataire a refusé le message", "de geadresseerde heeft het bericht geweigerd", "der Empfänger hat die Nachricht abgelehnt", "the recipient refused the message";
        NotAcceptedByRecipient: "le destinataire n’a pas accepté le message à temps", "de geadresseerde heeft het bericht niet op tijd aanvaard", "der Empfänger hat die Nachricht nicht rechtzeitig angenommen", "the recipient did not accept the message in time";
        NotConsignedForQuota: "la boîte du destinataire est pleine", "de box van de geadresseerde is vol", "das Postfach des Empfängers ist voll", "the recipient’s box is full";
        NotConsignedForMalfunction: "le service du destinataire ne fonctionne pas", "de dienst van de geadresseerde werkt niet", "der Dienst des Empfängers arbeitet nicht", "the recipient’s service does not work";
        NoConsent: "le destinataire n’a pas consenti au recommandé électronique", "de geadresseerde heeft niet ingestemd met elektronisch aangetekende zendingen", "der Empfänger hat elektronischen Einschreiben nicht zugestimmt", "the recipient has not agreed to electronic registered mail";
        ConsentWithdrawn: "le destinataire ne consent plus au recommandé électronique", "de geadresseerde stemt niet meer in met elektronisch aangetekende zendingen", "der Empfänger stimmt elektronischen Einschreiben nicht mehr zu", "the recipient agrees to electronic registered mail no longer";
        RecipientNotActive: "le destinataire est une entreprise qui n’est pas active", "de geadresseerde is een onderneming die niet actief is", "der Empfänger ist ein Unternehmen, das nicht aktiv ist", "the recipient is an enterprise that is not active";
        NoDigitalUser: "le destinataire n’a pas d’accès numérique", "de geadresseerde heeft geen digitale toegang", "der Empfänger hat keinen digitalen Zugang", "the recipient has no digital access";
        DigestDiffers: "une empreinte indiquée n’est pas celle du contenu", "een opgegeven hashwaarde verschilt van die van de inhoud", "ein angegebener Hashwert ist nicht der des Inhalts", "a digest that was given differs from that of the content";
        TokenUsed: "l’expéditeur a employé cette référence pour un autre message", "de afzender gebruikte deze referentie voor een ander bericht", "der Absender hat dieses Zeichen für eine andere Nachricht verwendet", "the sender used this token for another message";
        ReplyNotAuthorised: "le message est une réponse que l’expéditeur du premier message n’a pas permise", "het bericht is een antwoord dat de afzender van het eerste bericht niet toeliet", "die Nachricht ist eine Antwort, die der Absender der ersten Nachricht nicht erlaubt hat", "the message is a reply that the sender of the first message did not allow";
        MandateInvalid: "le mandat de la partie qui agit n’est pas valable", "het mandaat van de partij die handelt, is niet geldig", "das Mandat des Handelnden gilt nicht", "the mandate of the party that acts does not hold";
        AssuranceTooLow: "la partie qui agit est authentifiée à un niveau trop bas", "de partij die handelt, is op een te laag niveau geauthenticeerd", "der Handelnde ist auf einem zu niedrigen Niveau authentifiziert", "the party that acts is authenticated at too low a level";
        AvailabilityEnded: "le contenu n’est plus disponible", "de inhoud is niet meer beschikbaar", "der Inhalt ist nicht mehr verfügbar", "the content is not available any more";
        RecipientDeceased: "le destinataire est décédé", "de geadresseerde is overleden", "der Empfänger ist verstorben", "the recipient has died";
        CancelledBySender: "l’expéditeur a retiré le message", "de afzender heeft het bericht ingetrokken", "der Absender hat die Nachricht zurückgenommen", "the sender took the message back";
    }
}

table! {
    /// The roles in which somebody acts for a principal.
    pub(crate) mandate_role: MandateRole {
        LocalManager: "gestionnaire local", "lokale beheerder", "lokaler Verwalter", "local manager";
        User: "utilisateur", "gebruiker", "Benutzer", "user";
        Provider: "prestataire de services", "dienstverlener", "Dienstleister", "provider of services";
        Mandatary: "mandataire", "gemachtigde", "Bevollmächtigter", "mandatary";
    }
}

table! {
    /// What a mandate allows.
    pub(crate) mandate_action: MandateAction {
        Send: "envoyer", "verzenden", "senden", "send";
        Open: "ouvrir", "openen", "öffnen", "open";
        Answer: "accepter et refuser", "aanvaarden en weigeren", "annehmen und ablehnen", "accept and refuse";
        Reply: "répondre", "antwoorden", "antworten", "reply";
    }
}
