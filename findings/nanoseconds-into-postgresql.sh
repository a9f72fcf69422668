#!/usr/bin/env bash
# A time with nanoseconds, 0.4 microseconds before midnight, goes into PostgreSQL through four drivers: two store the last microsecond of June, and two the first of July.
#
# PostgreSQL keeps microseconds, and the clocks of Go, Java and Rust give nanoseconds. One would expect the database to decide what becomes of the rest. It does so where
# it reads a text, and rounds. Most drivers send a binary number of microseconds, and decide themselves:
# - pgx 5.13.0 (Go) cuts, in its textual mode too; postgres 0.19.14 (Rust) cuts a time of chrono, of time and of jiff.
# - lib/pq 1.12.3 (Go) sends all nine digits as text, and the database rounds; so it does with a time in JSON or in a text that is cast. pgjdbc 42.7.14 (Java) rounds itself.
# So one event, recorded by two services, has two times, and a query for the one does not find the other. A time that is rounded is later than the event: it can be a day, a
# month and a deadline late, and it can be later than the timestamp over the event. A time that is cut can be before the one of an event that came first.
# Whoever seals a time cuts it to microseconds first, in each language in the same way, or keeps the text as it was sealed beside the column.
#
# Needs Node.js 20 or later with npm (PostgreSQL 18 runs in it, as PGlite), Go 1.25 or later, a JDK of 17 or later with Maven, and Rust 1.85 or later.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache CARGO_TARGET_DIR=$folder/target

npm install --prefix . --silent --no-fund --no-audit @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17 --legacy-peer-deps >/dev/null
mvn -q dependency:copy -Dartifact=org.postgresql:postgresql:42.7.14 -DoutputDirectory=. >/dev/null

# The database, which takes one connection at a time. It writes its port when it is up.
cat >serve.mjs <<'JAVASCRIPT'
import fs from "fs";
import net from "net";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
const probe = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(async () => {
        const db = await PGlite.create();
        await new PGLiteSocketServer({ db, host: "127.0.0.1", port }).start();
        console.log((await db.query("SELECT version()")).rows[0].version.split(" on ")[0]);
        fs.writeFileSync("starting", String(port));
        fs.renameSync("starting", "port");
    });
});
JAVASCRIPT
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"
	"os"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
)

func main() {
	event, err := time.Parse(time.RFC3339Nano, os.Args[3])
	if err != nil {
		panic(err)
	}
	db, err := sql.Open(os.Args[2], "postgres://postgres:postgres@127.0.0.1:"+os.Args[1]+"/postgres?sslmode=disable"+os.Args[4])
	if err != nil {
		panic(err)
	}
	var stored string
	if err := db.QueryRow("SELECT ($1::timestamptz AT TIME ZONE 'UTC')::text", event).Scan(&stored); err != nil {
		panic(err)
	}
	fmt.Printf("%s%s (Go): %s\n", os.Args[2], os.Args[5], stored)
	db.Close()
}
GO
cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >Store.java <<'JAVA'
import java.sql.DriverManager;
import java.time.OffsetDateTime;

public class Store {
    public static void main(String[] arguments) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=postgres&password=postgres&sslmode=disable")) {
            var statement = connection.prepareStatement("SELECT (?::timestamptz AT TIME ZONE 'UTC')::text");
            statement.setObject(1, OffsetDateTime.parse(arguments[1]));
            var rows = statement.executeQuery();
            rows.next();
            System.out.println("pgjdbc (Java): " + rows.getString(1));
        }
    }
}
JAVA
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
postgres = { version = "=0.19.14", features = ["with-chrono-0_4", "with-time-0_3", "with-jiff-0_2"] }
chrono = "=0.4.45"
jiff = "=0.2.46"
time = { version = "=0.3.55", features = ["parsing"] }
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (address, event) = (format!("host=127.0.0.1 port={} user=postgres password=postgres dbname=postgres", arguments[1]), &arguments[2]);
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    let of_chrono: chrono::DateTime<chrono::Utc> = event.parse().unwrap();
    let of_jiff: jiff::Timestamp = event.parse().unwrap();
    let of_time = time::OffsetDateTime::parse(event, &time::format_description::well_known::Rfc3339).unwrap();
    let query = "SELECT ($1::timestamptz AT TIME ZONE 'UTC')::text";
    let times: [(&str, &(dyn postgres::types::ToSql + Sync)); 3] = [("chrono", &of_chrono), ("jiff", &of_jiff), ("time", &of_time)];
    for (name, value) in times {
        println!("postgres with {name} (Rust): {}", client.query_one(query, &[value]).unwrap().get::<_, String>(0));
    }
    let cast = client.query_one("SELECT ($1::text::timestamptz AT TIME ZONE 'UTC')::text", &[event]).unwrap();
    println!("a text that is cast: {}", cast.get::<_, String>(0));
    let json = format!("{{\"time\":\"{event}\"}}");
    let query = "SELECT (($1::text::jsonb->>'time')::timestamptz AT TIME ZONE 'UTC')::text";
    println!("a text in JSON: {}", client.query_one(query, &[&json]).unwrap().get::<_, String>(0));
}
RUST
go get github.com/jackc/pgx/v5/stdlib@v5.13.0 github.com/lib/pq@v1.12.3 2>/dev/null
go build -o store-go .
cargo build --quiet

node serve.mjs >version &
server=$!
for _ in $(seq 300); do [ -e port ] && break || sleep 0.2; done # at most a minute
port=$(cat port)
event=2026-06-30T23:59:59.9999996Z
{
    ./store-go "$port" pgx "$event" '' ''
    sleep 1
    ./store-go "$port" pgx "$event" '&default_query_exec_mode=simple_protocol' ' in text'
    sleep 1
    ./store-go "$port" postgres "$event" '' ' of lib/pq'
    sleep 1
    java -cp postgresql-42.7.14.jar Store.java "$port" "$event"
    sleep 1
    "$CARGO_TARGET_DIR/debug/finding" "$port" "$event"
} | tee seen
diff - seen <<'EXPECTED'
pgx (Go): 2026-06-30 23:59:59.999999
pgx in text (Go): 2026-06-30 23:59:59.999999
postgres of lib/pq (Go): 2026-07-01 00:00:00
pgjdbc (Java): 2026-07-01 00:00:00
postgres with chrono (Rust): 2026-06-30 23:59:59.999999
postgres with jiff (Rust): 2026-06-30 23:59:59.999999
postgres with time (Rust): 2026-06-30 23:59:59.999999
a text that is cast: 2026-07-01 00:00:00
a text in JSON: 2026-07-01 00:00:00
EXPECTED
echo "$(cat version), pgx 5.13.0, lib/pq 1.12.3, pgjdbc 42.7.14, postgres 0.19.14"
go version
java -version 2>&1 | head -n 1
echo 'as stated'
