-- What is to be sealed. An item is a statement of at most 1 MiB.
CREATE TABLE IF NOT EXISTS recommande_item (
    item bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement bytea NOT NULL CHECK (octet_length(statement) <= 1048576),
    not_before timestamptz NOT NULL DEFAULT now(),
    since timestamptz NOT NULL DEFAULT now()
);

-- Seals that wait for their timestamp, and proofs.
CREATE TABLE IF NOT EXISTS recommande_proof (
    key text COLLATE "C" PRIMARY KEY,
    seal_digest bytea NOT NULL,
    seal bytea,
    proof bytea,
    since timestamptz NOT NULL DEFAULT now(),
    CHECK ((seal IS NULL) <> (proof IS NULL))
);

-- What no retry mends, by the SHA-256 of the item. To put items of a reason into the queue once more, where items come from this
-- database (`JetStream::publish` takes them where they come from a stream):
--   WITH gone AS (DELETE FROM recommande_rejected WHERE reason = 'other-issuer' RETURNING statement)
--   INSERT INTO recommande_item (statement) SELECT statement FROM gone;
CREATE TABLE IF NOT EXISTS recommande_rejected (
    item_digest bytea PRIMARY KEY,
    evidence_identifier uuid,
    reason text NOT NULL,
    statement bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

-- What the tables need besides. These statements wait for all who write to a table, and keep others out meanwhile, also where they have
-- nothing to do; so each is asked for only where it has something to do.
DO $$
BEGIN
    -- A table of an older version. Its items get the time of this statement, and their age begins anew.
    IF NOT EXISTS (SELECT FROM pg_attribute
                   WHERE attrelid = 'recommande_item'::regclass AND attname = 'since' AND NOT attisdropped) THEN
        ALTER TABLE recommande_item ADD COLUMN since timestamptz NOT NULL DEFAULT now();
    END IF;
    -- Nothing of seals and proofs can be compressed.
    IF EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = 'recommande_proof'::regclass AND attname IN ('seal', 'proof') AND attstorage <> 'e') THEN
        ALTER TABLE recommande_proof ALTER COLUMN seal SET STORAGE EXTERNAL, ALTER COLUMN proof SET STORAGE EXTERNAL;
    END IF;
    IF to_regclass('recommande_item_due') IS NULL THEN
        CREATE INDEX recommande_item_due ON recommande_item (not_before, item);
    END IF;
    IF to_regclass('recommande_proof_waiting') IS NULL THEN
        CREATE INDEX recommande_proof_waiting ON recommande_proof (since) WHERE proof IS NULL AND key NOT LIKE 'batch-%';
    END IF;
    IF to_regclass('recommande_rejected_identifier') IS NULL THEN
        CREATE INDEX recommande_rejected_identifier ON recommande_rejected (evidence_identifier);
    END IF;
END
$$;

-- What should be empty, or young: items with a seal and without a proof. A batch may have been sealed in vain, and an item may have
-- been rejected after it was sealed; neither is missing. Another statement that was rejected under the identifier hides nothing.
CREATE OR REPLACE VIEW recommande_waiting AS
    SELECT key::uuid AS evidence_identifier, since FROM recommande_proof AS waiting
    WHERE proof IS NULL AND key NOT LIKE 'batch-%'
      AND NOT EXISTS (SELECT FROM recommande_rejected WHERE evidence_identifier::text = waiting.key
                      AND reason NOT IN ('duplicate-identifier', 'other-issuer'));

CREATE SEQUENCE IF NOT EXISTS recommande_batch AS bigint;
