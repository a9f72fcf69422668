import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line of the table that cases.awk makes: a file, what is given with it, and the verdict of this library. */
record Case(
    String id, String kind, String indication, Date now, byte[] file, String payload, List<String> anchors,
    String extraCertificates, String revocationData, List<String> data, List<String> records, String dead) {

    /** Judges one case. */
    interface Judge {
        /** Returns the verdict, and behind a tab whatever may explain it. */
        String verdict(Case file) throws Exception;
    }

    /** Prints the verdict about each line of the table. */
    static void judge(String table, Judge judge) throws Exception {
        for (String line : Files.readAllLines(Path.of(table))) {
            Case file = of(line.split("\t"));
            String verdict;
            try {
                verdict = judge.verdict(file);
            } catch (Exception exception) {
                verdict = "refuses\t" + exception;
            }
            System.out.printf("%s\t%s\t%s%n", file.id, file.indication, verdict.replace('\n', ' '));
        }
    }

    private static Case of(String[] columns) throws Exception {
        Date now = columns[3].equals("-") ? new Date() : Date.from(Instant.parse(columns[3]));
        return new Case(
            columns[0], columns[1], columns[2], now, read(columns[4]), columns[5], List.of(columns[6], columns[7]),
            columns[8], columns[9], list(columns[10]), list(columns[11]), columns.length > 12 ? columns[12] : "-");
    }

    private static List<String> list(String column) {
        return column.equals("-") ? List.of() : List.of(column.split(","));
    }

    static byte[] read(String file) throws Exception {
        return Files.readAllBytes(Path.of(file));
    }

    /** The DER of each block of this label in a PEM file; none where no file is named. */
    static List<byte[]> blocks(String file, String label) throws Exception {
        List<byte[]> blocks = new ArrayList<>();
        if (file.equals("-")) return blocks;
        String text = new String(read(file), StandardCharsets.US_ASCII);
        Matcher matcher = Pattern.compile("-----BEGIN " + label + "-----([^-]*)-----END").matcher(text);
        while (matcher.find()) blocks.add(Base64.getMimeDecoder().decode(matcher.group(1)));
        return blocks;
    }
}
