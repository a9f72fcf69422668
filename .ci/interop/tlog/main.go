// What Go's packages for transparency logs make and judge: torchwood, golang.org/x/mod/sumdb and transparency-dev. The test `interop` of
// crates/tlog runs it.
//
//	tlog trees                         each root and proof of the sizes 1 to 130, and some of the largest, a line each
//	tlog tiles FOLDER SIZE             the tiles and bundles of a log
//	tlog proof FOLDER                  keys, a policy, and proofs with checkpoints
//	tlog judge POLICY LEAF             proofs from standard input, each after its length: a line "yes" or an error for each
//	tlog walk FOLDER VKEY              the entries of a log that somebody else wrote, by its checkpoint
//	tlog agent SOCKET                  an ssh-agent with the key of a witness
//	tlog know DATABASE ORIGIN VKEY     makes a log known to litewitness
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/mldsa"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	merkle "github.com/transparency-dev/merkle/testonly"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func main() {
	arguments := os.Args[2:]
	switch os.Args[1] {
	case "trees":
		trees()
	case "tiles":
		size, err := strconv.ParseInt(arguments[1], 10, 64)
		check(err)
		tiles(arguments[0], size)
	case "proof":
		proofs(arguments[0])
	case "judge":
		judge(arguments[0], arguments[1])
	case "walk":
		walk(arguments[0], arguments[1])
	case "agent":
		serveAgent(arguments[0])
	case "know":
		know(arguments[0], arguments[1], arguments[2])
	default:
		panic("no such command")
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func entry(index int64) []byte { return fmt.Appendf(nil, "entry %d", index) }

// A log in memory: the hashes in the order in which x/mod stores them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

func logOf(size int64) stored {
	var s stored
	for index := range size {
		hashes, err := tlog.StoredHashes(index, entry(index), s)
		check(err)
		s = append(s, hashes...)
	}
	return s
}

// Both implementations must agree on each root and proof, and each must accept the other's.
func trees() {
	const sizes = 130
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	uniform(out)
	s, other := logOf(sizes), merkle.New(rfc6962.DefaultHasher)
	for size := int64(1); size <= sizes; size++ {
		other.AppendData(entry(size - 1))
		root, err := tlog.TreeHash(size, s)
		check(err)
		if !bytes.Equal(root[:], other.Hash()) {
			panic("the roots differ")
		}
		fmt.Fprintf(out, "root %d %v\n", size, root)
		for index := range size {
			p, err := tlog.ProveRecord(size, index, s)
			check(err)
			check(tlog.CheckRecord(p, size, root, index, tlog.RecordHash(entry(index))))
			q, err := other.InclusionProof(uint64(index), uint64(size))
			check(err)
			same(p, q)
			check(proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), rfc6962.DefaultHasher.HashLeaf(entry(index)), q, root[:]))
			fmt.Fprintf(out, "inclusion %d %d%s\n", index, size, line(p))
		}
		for old := int64(1); old < size; old++ {
			p, err := tlog.ProveTree(size, old, s)
			check(err)
			before, err := tlog.TreeHash(old, s)
			check(err)
			check(tlog.CheckTree(p, size, root, old, before))
			q, err := other.ConsistencyProof(uint64(old), uint64(size))
			check(err)
			same(p, q)
			check(proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), uint64(size), q, before[:], root[:]))
			fmt.Fprintf(out, "consistency %d %d%s\n", old, size, line(p))
		}
	}
}

// Trees as large as they may be, of entries that are all the same.
func uniform(out io.Writer) {
	levels := []tlog.Hash{tlog.RecordHash([]byte("entry"))}
	for len(levels) < 63 {
		below := levels[len(levels)-1]
		levels = append(levels, tlog.NodeHash(below, below))
	}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, _ := tlog.SplitStoredHashIndex(index)
			hashes[i] = levels[level]
		}
		return hashes, nil
	})
	for _, size := range []int64{1<<31 - 1, 1<<31 + 1, 1<<33 + 5, 1 << 40, 1<<61 + 1, (1 << 62) / 3, 1<<62 - 1} {
		root, err := tlog.TreeHash(size, reader)
		check(err)
		fmt.Fprintf(out, "uniform-root %d %v\n", size, root)
		for _, index := range []int64{0, 1, size / 3, size / 2, size - 2, size - 1} {
			p, err := tlog.ProveRecord(size, index, reader)
			check(err)
			check(tlog.CheckRecord(p, size, root, index, levels[0]))
			fmt.Fprintf(out, "uniform-inclusion %d %d%s\n", index, size, line(p))
		}
		for _, old := range []int64{1, 2, 3, size / 3, size / 2, size/2 + 1, size - 1} {
			p, err := tlog.ProveTree(size, old, reader)
			check(err)
			before, err := tlog.TreeHash(old, reader)
			check(err)
			check(tlog.CheckTree(p, size, root, old, before))
			fmt.Fprintf(out, "uniform-consistency %d %d%s\n", old, size, line(p))
		}
	}
}

func same(p []tlog.Hash, q [][]byte) {
	if len(p) != len(q) {
		panic("the proofs differ")
	}
	for i := range p {
		if !bytes.Equal(p[i][:], q[i]) {
			panic("the proofs differ")
		}
	}
}

func line(p []tlog.Hash) string {
	var b strings.Builder
	for _, h := range p {
		fmt.Fprintf(&b, " %v", h)
	}
	return b.String()
}

func write(folder, path string, data []byte) {
	path = filepath.Join(folder, filepath.FromSlash(path))
	check(os.MkdirAll(filepath.Dir(path), 0o777))
	check(os.WriteFile(path, data, 0o666))
}

func tiles(folder string, size int64) {
	s := logOf(size)
	for _, tile := range tlog.NewTiles(torchwood.TileHeight, 0, size) {
		data, err := tlog.ReadTileData(tile, s)
		check(err)
		write(folder, torchwood.TilePath(tile), data)
		if tile.L != 0 {
			continue
		}
		var bundle []byte
		for index := range int64(tile.W) {
			bundle, err = torchwood.AppendTileEntry(bundle, entry(tile.N*torchwood.TileWidth+index))
			check(err)
		}
		tile.L = -1
		write(folder, torchwood.TilePath(tile), bundle)
	}
	root, err := tlog.TreeHash(size, s)
	check(err)
	write(folder, "root", []byte(root.String()))
}

func seed(first byte) []byte { return bytes.Repeat([]byte{first}, 32) }

func cosigner(name string, first byte, postQuantum bool) *torchwood.CosignatureSigner {
	if postQuantum {
		key, err := mldsa.NewPrivateKey(mldsa.MLDSA44(), seed(first))
		check(err)
		signer, err := torchwood.NewCosignatureSigner(name, key)
		check(err)
		return signer
	}
	signer, err := torchwood.NewCosignatureSigner(name, ed25519.NewKeyFromSeed(seed(first)))
	check(err)
	return signer
}

// Proofs of entry 5 of 13, with a log's key of each kind and witnesses of each kind.
func proofs(folder string) {
	const origin, size, index = "example.com/log", 13, 5
	s := logOf(size)
	root, err := tlog.TreeHash(size, s)
	check(err)
	p, err := tlog.ProveRecord(size, index, s)
	check(err)
	checkpoint := torchwood.Checkpoint{Origin: origin, Tree: tlog.Tree{N: size, Hash: root}}.String()

	key := ed25519.NewKeyFromSeed(seed(1))
	vkey, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	check(err)
	hash := strings.Split(vkey, "+")[1]
	skey := "PRIVATE+KEY+" + origin + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed(1)...))
	log, err := note.NewSigner(skey)
	check(err)
	postQuantum := cosigner(origin, 2, true)
	one, two := cosigner("witness.example/w1", 3, false), cosigner("witness.example/w2", 4, true)

	for _, kind := range []struct {
		name string
		vkey string
		log  note.Signer
	}{{"ed25519", vkey, log}, {"ml-dsa-44", postQuantum.Verifier().String(), postQuantum}} {
		policy := fmt.Sprintf("log %s\nwitness w1 %s\nwitness w2 %s\ngroup all 2 w1 w2\nquorum all\n", kind.vkey, one.Verifier(), two.Verifier())
		write(folder, kind.name+".policy", []byte(policy))
		signed, err := note.Sign(&note.Note{Text: checkpoint}, kind.log, one, two)
		check(err)
		write(folder, kind.name+".checkpoint", signed)
		file := torchwood.FormatProof(index, p, signed)
		write(folder, kind.name+".tlog-proof", file)
		extra := []byte("extra data")
		file = torchwood.FormatProofWithExtraData(index, extra, p, signed)
		write(folder, kind.name+"-extra.tlog-proof", file)
		// The other implementation of the format writes the same.
		var hashes [][32]byte
		for _, h := range p {
			hashes = append(hashes, h)
		}
		other := tlogproof.TLogProof{Index: index, Hashes: hashes, Checkpoint: signed, ExtraData: extra}.Marshal()
		if !bytes.Equal(other, file) {
			panic("the proofs differ")
		}
	}
}

func judge(policyFile, leaf string) {
	text, err := os.ReadFile(policyFile)
	check(err)
	policy, err := torchwood.ParsePolicy(text)
	check(err)
	hash, err := tlog.ParseHash(leaf)
	check(err)
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); errors.Is(err, io.EOF) {
			return
		} else {
			check(err)
		}
		file := make([]byte, length)
		_, err := io.ReadFull(in, file)
		check(err)
		if err := torchwood.VerifyProof(policy, hash, file); err != nil {
			fmt.Fprintln(out, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Fprintln(out, "yes")
		}
	}
}

func walk(folder, vkey string) {
	verifier, err := torchwood.NewLogVerifier(vkey)
	check(err)
	files := os.DirFS(folder)
	tiles, err := torchwood.NewTileFS(files)
	check(err)
	client, err := torchwood.NewClient(tiles)
	check(err)
	signed, err := tiles.ReadEndpoint(context.Background(), "checkpoint")
	check(err)
	policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(verifier.Name()), torchwood.SingleVerifierPolicy(verifier))
	checkpoint, _, err := torchwood.VerifyCheckpoint(signed, policy)
	check(err)
	count := 0
	for index, got := range client.AllEntries(context.Background(), checkpoint.Tree, 0) {
		if !bytes.Equal(got, entry(index)) {
			panic("another entry")
		}
		count++
	}
	check(client.Err())
	for _, index := range []int64{0, checkpoint.N / 2, checkpoint.N - 1} {
		got, p, err := client.Entry(context.Background(), checkpoint.Tree, index)
		check(err)
		check(tlog.CheckRecord(p, checkpoint.N, checkpoint.Hash, index, tlog.RecordHash(got)))
	}
	fmt.Println(count)
}

// litewitness has its key in an ssh-agent. The first line of the output is the key's fingerprint.
func serveAgent(socket string) {
	key := ed25519.NewKeyFromSeed(seed(5))
	public, err := ssh.NewPublicKey(key.Public())
	check(err)
	ring := agent.NewKeyring()
	check(ring.Add(agent.AddedKey{PrivateKey: key}))
	listener, err := net.Listen("unix", socket)
	check(err)
	fmt.Println(ssh.FingerprintSHA256(public))
	for {
		connection, err := listener.Accept()
		check(err)
		go agent.ServeAgent(ring, connection)
	}
}

// What witnessctl does, whose other commands need modules that are not at every proxy.
func know(database, origin, vkey string) {
	db, err := sqlite.OpenConn(database, sqlite.OpenReadWrite)
	check(err)
	defer db.Close()
	empty := rfc6962.DefaultHasher.EmptyRoot()
	root := base64.StdEncoding.EncodeToString(empty)
	check(sqlitex.Execute(db, "INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", &sqlitex.ExecOptions{Args: []any{origin, root}}))
	check(sqlitex.Execute(db, "INSERT INTO key (origin, key) VALUES (?, ?)", &sqlitex.ExecOptions{Args: []any{origin, vkey}}))
}
