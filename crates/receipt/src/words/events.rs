//! What evidence of each event proves.

use recommande::evidence::Event;

use crate::language::Language;
use crate::words::table::table;

table! {
    /// The titles of the pages, by event: in French, Dutch, German and English.
    pub(crate) event: Event {
        SubmissionAcceptance: "Preuve d’envoi", "Bewijs van verzending", "Nachweis des Versands", "Proof of sending";
        SubmissionRejection: "Refus du dépôt", "Weigering van de indiening", "Ablehnung der Einlieferung", "Refusal of the submission";
        RelayAcceptance: "Prise en charge par un autre service", "Overname door een andere dienst", "Übernahme durch einen anderen Dienst", "Acceptance by another service";
        RelayRejection: "Refus par un autre service", "Weigering door een andere dienst", "Ablehnung durch einen anderen Dienst", "Refusal by another service";
        RelayFailure: "Échec de la transmission à un autre service", "Mislukte doorgifte aan een andere dienst", "Gescheiterte Weitergabe an einen anderen Dienst", "Failure to relay to another service";
        NotificationForAcceptance: "Demande d’acceptation au destinataire", "Verzoek tot aanvaarding aan de geadresseerde", "Aufforderung an den Empfänger zur Annahme", "Request to the recipient for acceptance";
        NotificationForAcceptanceFailure: "Échec de la demande d’acceptation", "Mislukt verzoek tot aanvaarding", "Gescheiterte Aufforderung zur Annahme", "Failure to request acceptance";
        ConsignmentAcceptance: "Acceptation par le destinataire", "Aanvaarding door de geadresseerde", "Annahme durch den Empfänger", "Acceptance by the recipient";
        ConsignmentRejection: "Refus par le destinataire", "Weigering door de geadresseerde", "Annahmeverweigerung durch den Empfänger", "Refusal by the recipient";
        AcceptanceRejectionExpiry: "Expiration du délai sans réponse", "Verstrijken van de termijn zonder antwoord", "Ablauf der Frist ohne Antwort", "Expiry of the period without an answer";
        NotificationDelivered: "Remise d’une notification", "Aflevering van een kennisgeving", "Zustellung einer Benachrichtigung", "Delivery of a notification";
        NotificationAccessTracking: "Lecture d’une notification", "Lezing van een kennisgeving", "Abruf einer Benachrichtigung", "Reading of a notification";
        ContentConsignment: "Mise à disposition du contenu", "Terbeschikkingstelling van de inhoud", "Bereitstellung des Inhalts", "Making the content available";
        ContentConsignmentFailure: "Échec de la mise à disposition du contenu", "Mislukte terbeschikkingstelling van de inhoud", "Gescheiterte Bereitstellung des Inhalts", "Failure to make the content available";
        ConsignmentNotification: "Avis de mise à disposition", "Kennisgeving van de terbeschikkingstelling", "Benachrichtigung über die Bereitstellung", "Notification that the content is available";
        ConsignmentNotificationFailure: "Échec de l’avis de mise à disposition", "Mislukte kennisgeving van de terbeschikkingstelling", "Gescheiterte Benachrichtigung über die Bereitstellung", "Failure to notify that the content is available";
        ContentAccessTracking: "Preuve d’ouverture", "Bewijs van opening", "Nachweis der Öffnung", "Proof of opening";
        ContentHandover: "Preuve de remise", "Bewijs van overhandiging", "Nachweis der Übergabe", "Proof of handing over";
        ContentHandoverFailure: "Échec de la remise", "Mislukte overhandiging", "Gescheiterte Übergabe", "Failure to hand over";
        RelayToNonERDS: "Transmission à un système hors de l’envoi recommandé électronique", "Doorgifte aan een systeem buiten de elektronisch aangetekende zending", "Weitergabe an ein System außerhalb der elektronischen Einschreiben", "Relay to a system outside of electronic registered delivery";
        RelayToNonERDSFailure: "Échec de la transmission à un système hors de l’envoi recommandé électronique", "Mislukte doorgifte aan een systeem buiten de elektronisch aangetekende zending", "Gescheiterte Weitergabe an ein System außerhalb der elektronischen Einschreiben", "Failure to relay to a system outside of electronic registered delivery";
        ReceivedFromNonERDS: "Réception d’un système hors de l’envoi recommandé électronique", "Ontvangst van een systeem buiten de elektronisch aangetekende zending", "Eingang aus einem System außerhalb der elektronischen Einschreiben", "Receipt from a system outside of electronic registered delivery";
    }
}
