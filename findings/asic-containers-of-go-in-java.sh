#!/usr/bin/env bash
# An ASiC-E container written by Go's archive/zip, or by Python's zipfile into a pipe, is a good ZIP file for every tool, and an empty one for EU DSS.
#
# EN 319 162-1 wants `mimetype` first and stored, not deflated. Go always puts size and checksum of an entry behind it, into a data descriptor, and Python does where it
# cannot seek back. The ZIP format allows that of stored entries. A reader that goes through the file from its start cannot tell where such an entry ends:
# - ZipInputStream of the JDK (17 and 25) throws "only DEFLATED entries can have EXT descriptor"; ZipFile of the same JDK goes by the central directory and reads it.
# - EU DSS 6.4 (ZipUtils, in dss-asic-common) reads by ZipInputStream, from a FileDocument too. The exception does not come out: the container has no documents.
# - Apache Commons Compress 1.28.0 refuses it as a stream too, unless it is told to allow it.
# So nobody who validates with DSS reads a container that was written while it was sent. In Go, `mimetype` is written by CreateRaw with size and CRC-32 and without the
# flag; in Python, into a file or a buffer. Everything else may have a descriptor when it is deflated.
#
# Needs a JDK of 17 or later, Maven, Go, Python 3 and unzip.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>eu.europa.ec.joinup.sd-dss</groupId>
      <artifactId>dss-asic-cades</artifactId>
      <version>6.4</version>
    </dependency>
    <dependency>
      <groupId>eu.europa.ec.joinup.sd-dss</groupId>
      <artifactId>dss-utils-apache-commons</artifactId>
      <version>6.4</version>
    </dependency>
    <dependency>
      <groupId>org.apache.commons</groupId>
      <artifactId>commons-compress</artifactId>
      <version>1.28.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q dependency:copy-dependencies -DoutputDirectory=jars -DincludeScope=runtime >/dev/null

cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"archive/zip"
	"hash/crc32"
	"io"
	"os"
)

const mimetype = "application/vnd.etsi.asic-e+zip"

func write(name string, header *zip.FileHeader, create func(*zip.Writer, *zip.FileHeader) (io.Writer, error)) {
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	archive := zip.NewWriter(file)
	for _, entry := range []struct {
		header  *zip.FileHeader
		content string
		create  func(*zip.Writer, *zip.FileHeader) (io.Writer, error)
	}{{header, mimetype, create}, {&zip.FileHeader{Name: "letter.txt", Method: zip.Deflate}, "a letter", (*zip.Writer).CreateHeader}} {
		writer, err := entry.create(archive, entry.header)
		if err != nil {
			panic(err)
		}
		io.WriteString(writer, entry.content)
	}
	archive.Close()
	file.Close()
}

func main() {
	write("go.asice", &zip.FileHeader{Name: "mimetype", Method: zip.Store}, (*zip.Writer).CreateHeader)
	write("go-raw.asice", &zip.FileHeader{
		Name: "mimetype", Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(mimetype)),
		CompressedSize64: uint64(len(mimetype)), UncompressedSize64: uint64(len(mimetype)),
	}, (*zip.Writer).CreateRaw)
}
GO
go run .
cat >write.py <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.etsi.asic-e+zip")
    archive.writestr("letter.txt", "a letter")
PYTHON
python3 write.py | cat >python-pipe.asice
python3 write.py >python-file.asice

cat >Read.java <<'JAVA'
import eu.europa.esig.dss.asic.common.ZipUtils;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

public class Read {
    interface Reader {
        String names(Path path) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        for (String name : new String[] {"go", "go-raw", "python-pipe", "python-file"}) {
            Path path = Path.of(name + ".asice");
            say("ZipFile", name, path, Read::file);
            say("ZipInputStream", name, path, Read::stream);
            say("commons-compress", name, path, Read::compress);
            say("dss", name, path, Read::dss);
        }
    }

    static void say(String reader, String name, Path path, Reader names) {
        String said;
        try {
            said = names.names(path);
        } catch (Exception exception) {
            said = exception.getMessage();
        }
        System.out.println(reader + " " + name + ":" + (said.isEmpty() ? " nothing" : said.startsWith(" ") ? said : " " + said));
    }

    static String file(Path path) throws Exception {
        StringBuilder names = new StringBuilder();
        try (ZipFile archive = new ZipFile(path.toFile())) {
            archive.stream().forEach(entry -> names.append(" ").append(entry.getName()));
        }
        return names.toString();
    }

    static String stream(Path path) throws Exception {
        String names = "";
        try (ZipInputStream archive = new ZipInputStream(Files.newInputStream(path))) {
            for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) names += " " + entry.getName();
        }
        return names;
    }

    static String compress(Path path) throws Exception {
        String names = "";
        try (ZipArchiveInputStream archive = new ZipArchiveInputStream(Files.newInputStream(path))) {
            for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                archive.readAllBytes();
                names += " " + entry.getName();
            }
        }
        return names;
    }

    static String dss(Path path) {
        String names = "";
        for (DSSDocument document : ZipUtils.getInstance().extractContainerContent(new FileDocument(path.toFile()))) names += " " + document.getName();
        return names;
    }
}
JAVA
{
    for name in go go-raw python-pipe python-file; do
        unzip -tq "$name.asice" | grep -q '^No errors' && echo "unzip $name: mimetype letter.txt"
    done
    java -cp 'jars/*' Read.java 2>/dev/null
} | tee seen
diff - seen <<'EXPECTED'
unzip go: mimetype letter.txt
unzip go-raw: mimetype letter.txt
unzip python-pipe: mimetype letter.txt
unzip python-file: mimetype letter.txt
ZipFile go: mimetype letter.txt
ZipInputStream go: only DEFLATED entries can have EXT descriptor
commons-compress go: Unsupported feature data descriptor used in entry mimetype
dss go: nothing
ZipFile go-raw: mimetype letter.txt
ZipInputStream go-raw: mimetype letter.txt
commons-compress go-raw: mimetype letter.txt
dss go-raw: mimetype letter.txt
ZipFile python-pipe: mimetype letter.txt
ZipInputStream python-pipe: only DEFLATED entries can have EXT descriptor
commons-compress python-pipe: Unsupported feature data descriptor used in entry mimetype
dss python-pipe: nothing
ZipFile python-file: mimetype letter.txt
ZipInputStream python-file: mimetype letter.txt
commons-compress python-file: mimetype letter.txt
dss python-file: mimetype letter.txt
EXPECTED
go version
python3 --version
java -version 2>&1 | head -n 1
echo 'dss-asic-cades 6.4, commons-compress 1.28.0'
echo 'as stated'
