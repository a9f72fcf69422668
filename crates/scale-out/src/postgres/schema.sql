-- What is to be sealed. An item is a statement of at most 1 MiB.
CREATE TABLE IF NOT EXISTS recommande_item (
    item bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement bytea NOT NULL CHECK (octet_length(statement) <= 1048576),
    not_before timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS recommande_item_due ON recommande_item (not_before, item);

-- Seals that wait for their timestamp, and proofs. Nothing of them can be compressed.
CREATE TABLE IF NOT EXISTS recommande_proof (
    key text COLLATE "C" PRIMARY KEY,
    seal_digest bytea NOT NULL,
    seal bytea,
    proof bytea,
    since timestamptz NOT NULL DEFAULT now(),
    CHECK ((seal IS NULL) <> (proof IS NULL))
);
ALTER TABLE recommande_proof ALTER COLUMN seal SET STORAGE EXTERNAL, ALTER COLUMN proof SET STORAGE EXTERNAL;
-- What should be empty, or young: seals without a proof.
CREATE INDEX IF NOT EXISTS recommande_proof_waiting ON recommande_proof (since) WHERE proof IS NULL;

-- What no retry mends, by the SHA-256 of the item.
CREATE TABLE IF NOT EXISTS recommande_rejected (
    item_digest bytea PRIMARY KEY,
    evidence_identifier uuid,
    reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE IF NOT EXISTS recommande_batch AS bigint;
