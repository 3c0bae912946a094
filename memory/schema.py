"""The tables of a book and of the shelf, as numbered migrations: never change one, add the next."""

from __future__ import annotations

# The journal (turn, attachment, feedback, handle, observation) is the truth.
# Everything under "derived" can be dropped and made again from it.
BOOK = (
    """
    CREATE TABLE book (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE turn (
        n INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, session TEXT NOT NULL, scope TEXT NOT NULL,
        at TEXT NOT NULL, text TEXT NOT NULL, request_id TEXT, status TEXT NOT NULL DEFAULT '',
        plan_text TEXT NOT NULL DEFAULT '', reply TEXT NOT NULL DEFAULT '', handles TEXT NOT NULL DEFAULT '[]',
        detail TEXT NOT NULL DEFAULT '{}'
    );
    CREATE UNIQUE INDEX turn_request ON turn (user, request_id) WHERE request_id IS NOT NULL;
    CREATE INDEX turn_session ON turn (session, n);
    CREATE INDEX turn_at ON turn (at);
    CREATE TABLE attachment (
        turn INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, handle TEXT NOT NULL,
        path TEXT, media_type TEXT NOT NULL, PRIMARY KEY (turn, place)
    ) WITHOUT ROWID;
    CREATE TABLE feedback (
        n INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, handle TEXT NOT NULL, liked INTEGER,
        turn TEXT, note TEXT NOT NULL, at TEXT NOT NULL
    );
    CREATE INDEX feedback_handle ON feedback (handle, n);
    CREATE TABLE counter (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE handle (
        n INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL UNIQUE, user TEXT NOT NULL, kind TEXT NOT NULL,
        at TEXT NOT NULL, path TEXT, caption TEXT NOT NULL, motion TEXT NOT NULL, seed INTEGER, turn TEXT,
        session TEXT NOT NULL, liked INTEGER, detail TEXT NOT NULL
    );
    CREATE INDEX handle_at ON handle (kind, at);
    CREATE TABLE link (
        handle INTEGER NOT NULL, role TEXT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (handle, role, place)
    ) WITHOUT ROWID;
    CREATE INDEX link_name ON link (role, name);
    CREATE TABLE picture (
        handle INTEGER PRIMARY KEY, model TEXT NOT NULL, vector BLOB NOT NULL, fed INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE observation (
        n INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, turn INTEGER NOT NULL, at TEXT NOT NULL,
        body TEXT NOT NULL
    );
    CREATE INDEX observation_turn ON observation (turn);

    -- derived
    CREATE TABLE fact (
        n INTEGER PRIMARY KEY, user TEXT NOT NULL, facet TEXT NOT NULL, polarity INTEGER NOT NULL,
        subject TEXT NOT NULL, slot TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
        source TEXT NOT NULL, scope TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT,
        superseded_by INTEGER, why_closed TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX fact_live ON fact (facet, subject) WHERE valid_to IS NULL;
    CREATE INDEX fact_key ON fact (key) WHERE valid_to IS NULL;
    CREATE TABLE evidence (fact INTEGER NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (fact, ref)) WITHOUT ROWID;
    CREATE INDEX evidence_ref ON evidence (ref);
    CREATE TABLE depends (fact INTEGER NOT NULL, on_fact INTEGER NOT NULL, PRIMARY KEY (fact, on_fact)) WITHOUT ROWID;
    CREATE TABLE question (n INTEGER PRIMARY KEY, fact INTEGER NOT NULL);
    CREATE TABLE profile (
        n INTEGER PRIMARY KEY AUTOINCREMENT, facet TEXT NOT NULL, version INTEGER NOT NULL, place INTEGER NOT NULL,
        text TEXT NOT NULL, polarity INTEGER NOT NULL, subject TEXT NOT NULL, support INTEGER NOT NULL,
        evidence TEXT NOT NULL, at TEXT NOT NULL
    );
    CREATE INDEX profile_facet ON profile (facet, place);
    CREATE TABLE facet (name TEXT PRIMARY KEY, version INTEGER NOT NULL, stale INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE item (
        n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, ref INTEGER NOT NULL, at TEXT NOT NULL,
        model TEXT, vector BLOB, fed INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, ref)
    );
    CREATE INDEX item_bare ON item (n) WHERE vector IS NULL;
    CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
    """,
    # Perceptual hashes of pictures, part of the journal like their vectors.
    "CREATE TABLE fingerprint (handle INTEGER PRIMARY KEY, hash BLOB NOT NULL);",
)

SHELF = (
    """
    CREATE TABLE book (n INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL UNIQUE);
    CREATE TABLE grants (
        owner TEXT NOT NULL, subject TEXT NOT NULL, grantee TEXT NOT NULL, PRIMARY KEY (owner, subject, grantee)
    ) WITHOUT ROWID;
    CREATE INDEX grants_to ON grants (grantee);
    CREATE TABLE spoke (user TEXT NOT NULL, scope TEXT NOT NULL, PRIMARY KEY (user, scope)) WITHOUT ROWID;
    """,
)

DERIVED = ("fact", "evidence", "depends", "question", "profile", "facet", "item", "words")
