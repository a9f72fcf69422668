# A file that a program in Rust, Go or Python has locked is free for one in Java, and a program in Java loses its own lock by reading the file.
#
# One locks a journal so that a second process does not write it. Linux has two kinds of locks on whole files, flock(2) and fcntl(2), that do not know each other, and
# no library says in its name which one it takes.
# - File::try_lock of Rust's std, gofrs/flock 0.13.0 (Go), filelock 4.3.1 and portalocker 4.4.2 (Python) take flock. FileChannel.tryLock of Java (17 and 25) and
#   fcntl.lockf of Python take fcntl. Each of the two groups keeps its own out, and lets the other one in at the same time.
# - Locks of the second kind belong to the process, and end with the first descriptor of the file that it closes. Files.readAllBytes of the locked file, anywhere in
#   the JVM, opens and closes one: from then on another JVM gets the lock, while FileLock.isValid() of the first says true.
# Services of several languages that write one journal agree on the kind, not only on the file. In Java the lock is on a file of its own that nobody else opens.
#
# Needs Rust 1.89, Go 1.24, a JDK of 17 or later, and Python 3 with venv, on Linux.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat >lock.rs <<'RUST'
use std::{env, fs::OpenOptions, io::Read};

fn main() {
    let mut arguments = env::args().skip(1);
    let (mode, path) = (arguments.next().unwrap(), arguments.next().unwrap());
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).unwrap();
    let is_locked = file.try_lock().is_ok();
    if mode == "try" {
        println!("{}", if is_locked { "free" } else { "taken" });
    } else {
        println!("held {is_locked}");
        let _ = std::io::stdin().read(&mut [0]);
    }
}
RUST
rustc --edition 2024 -o rust lock.rs

cat >go.mod <<'GO'
module finding

go 1.24

require github.com/gofrs/flock v0.13.0
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/gofrs/flock"
)

func main() {
	isLocked, err := flock.New(os.Args[2]).TryLock()
	if err != nil {
		panic(err)
	}
	switch {
	case os.Args[1] != "try":
		fmt.Println("held", isLocked)
		os.Stdin.Read(make([]byte, 1))
	case isLocked:
		fmt.Println("free")
	default:
		fmt.Println("taken")
	}
}
GO
GOFLAGS=-mod=mod GOPATH="$folder/gopath" go build -o go . 2>downloads

cat >Lock.java <<'JAVA'
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;

class Lock {
    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[1]);
        FileLock lock = FileChannel.open(path, CREATE, WRITE).tryLock();
        if (arguments[0].equals("try")) {
            System.out.println(lock == null ? "taken" : "free");
            return;
        }
        if (arguments[0].equals("hold-and-read")) Files.readAllBytes(path);
        System.out.println("held " + (lock != null && lock.isValid()));
        System.in.read();
    }
}
JAVA
javac Lock.java

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check filelock==4.3.1 portalocker==4.4.2
cat >lock.py <<'PYTHON'
import fcntl
import sys

import filelock
import portalocker

library, mode, path = sys.argv[1:]
try:
    if library == "filelock":
        lock = filelock.FileLock(path, timeout=0)
        lock.acquire()
    else:
        file = open(path, "a+")
        if library == "portalocker":
            portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
        else:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    is_locked = True
except (filelock.Timeout, portalocker.LockException, OSError):
    is_locked = False
if mode == "try":
    print("free" if is_locked else "taken")
else:
    print("held", is_locked, flush=True)
    sys.stdin.read()
PYTHON

run() {
  case $1 in
  rust | go) "./$1" "$2" journal ;;
  java) java -cp . Lock "$2" journal ;;
  *) venv/bin/python lock.py "$1" "$2" journal ;;
  esac
}

# What each library says while another process holds the lock by this one.
tried() {
  rm -f journal held answered
  mkfifo answered
  run "$1" "$2" <answered >held &
  exec 9>answered
  until [ -s held ]; do sleep 0.05; done
  printf '%s:' "$1, $(tr '[:upper:]' '[:lower:]' <held)"
  for library in rust go filelock portalocker lockf java; do
    printf ' %s %s' "$library" "$(run "$library" try </dev/null)"
  done
  echo
  exec 9>&-
  wait
}

for library in rust go filelock portalocker lockf java; do tried "$library" hold; done | tee by-each
tried java hold-and-read | tee after-reading

for library in rust go filelock portalocker; do
  grep -qx "$library, held true: rust taken go taken filelock taken portalocker taken lockf free java free" by-each
done
for library in lockf java; do
  grep -qx "$library, held true: rust free go free filelock free portalocker free lockf taken java taken" by-each
done
grep -qx 'java, held true: rust free go free filelock free portalocker free lockf free java free' after-reading
