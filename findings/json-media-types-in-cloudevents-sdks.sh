# A CloudEvent whose data is JSON under a vendor's media type: of four official SDKs two refuse the event, each another set of types, and one makes a string of the data.
#
# Evidence has a media type of its own, such as application/vnd.example+json. The JSON format of CloudEvents (clause 3.1) puts data under any `+json` into the event as it is,
# and RFC 2045 compares media types without regard to case. One would expect an event that one SDK wrote to be read by the next.
# - sdk-go 2.16.2 knows application/json, text/json and application/cloudevents+json. Under any other `+json` it refuses the event ("expected a string").
# - The Java SDK 4.0.1 takes application/ld+json and refuses a type with a dot before the plus, as every vendor's has it. What it writes under such a type is
#   data_base64, a form that it reads itself, so that a test of Java with Java passes.
# - cloudevents 10.0.0 (JavaScript) reads the structured form. The same event in HTTP's binary mode gets its body as a text, and when it is passed on in the structured form
#   its data is a string with JSON in it.
# - cloudevents 2.2.0 (Python) takes both. But for Application/JSON it writes the data as Python shows a dict, in single quotes, which is no JSON for anybody.
# Go and Java refuse Application/JSON too. What passes through all of them is application/json in lower case, with the vendor's type in `dataschema` or in the data.
#
# Needs Go 1.23 or later, a JDK of 17 or later with Maven, Python 3 with venv, and Node.js with npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

for type in application/json application/ld+json application/vnd.example+json Application/JSON; do
    echo "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"$type\",\"data\":{\"a\":1}}"
done >events

cat >go.mod <<'GO'
module finding

go 1.23

require github.com/cloudevents/sdk-go/v2 v2.16.2
GO
cat >main.go <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	cloudevents "github.com/cloudevents/sdk-go/v2"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var stated struct{ DataContentType string }
		if err := json.Unmarshal(lines.Bytes(), &stated); err != nil {
			panic(err)
		}
		var event cloudevents.Event
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			fmt.Println("Go", stated.DataContentType, "refused")
		} else {
			fmt.Println("Go", stated.DataContentType, string(event.Data()))
		}
	}
}
GO
GOFLAGS=-mod=mod GOPATH="$folder/go" go run . <events 2>downloads | tee go.out

cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>io.cloudevents</groupId><artifactId>cloudevents-json-jackson</artifactId><version>4.0.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Read.java <<'JAVA'
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

public class Read {
    public static void main(String[] arguments) throws Exception {
        var format = new JsonFormat();
        for (String line : Files.readAllLines(Path.of("events"))) {
            String type = line.replaceAll(".*datacontenttype\":\"([^\"]*)\".*", "$1");
            try {
                System.out.println("Java " + type + " " + new String(format.deserialize(line.getBytes()).getData().toBytes()));
            } catch (EventDeserializationException refused) {
                System.out.println("Java " + type + " refused");
            }
            var event = CloudEventBuilder.v1().withId("1").withSource(URI.create("/s")).withType("t").withData(type, "{\"a\":1}".getBytes()).build();
            System.out.println("Java " + type + " written " + new String(format.serialize(event)).replaceAll(".*,\"(data.*)}$", "$1"));
        }
    }
}
JAVA
java -cp 'jars/*' Read.java 2>java.log | tee java.out

npm install --prefix . --silent --no-audit --no-fund cloudevents@10.0.0 >/dev/null
cat >read.js <<'JAVASCRIPT'
const { HTTP } = require("cloudevents");
for (const line of require("fs").readFileSync("events", "utf8").trim().split("\n")) {
  const type = JSON.parse(line).datacontenttype;
  const structured = HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body: line });
  const headers = { "content-type": type, "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t" };
  const passedOn = JSON.parse(HTTP.structured(HTTP.toEvent({ headers, body: '{"a":1}' })).body);
  console.log("JavaScript", type, JSON.stringify(structured.data), "from binary mode", JSON.stringify(passedOn.data));
}
JAVASCRIPT
node read.js | tee javascript

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cloudevents==2.2.0
cat >read.py <<'PYTHON'
import json
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
for line in open("events", "rb"):
    written = json.loads(JSONFormat().write(JSONFormat().read(CloudEvent, line)))
    print("Python", written["datacontenttype"], json.dumps(written["data"]))
PYTHON
venv/bin/python read.py | tee python

diff - <(cat go.out java.out javascript python) <<'SEEN'
Go application/json {"a":1}
Go application/ld+json refused
Go application/vnd.example+json refused
Go Application/JSON refused
Java application/json {"a":1}
Java application/json written data":{"a":1}
Java application/ld+json {"a":1}
Java application/ld+json written data":{"a":1}
Java application/vnd.example+json refused
Java application/vnd.example+json written data_base64":"eyJhIjoxfQ=="
Java Application/JSON refused
Java Application/JSON written data_base64":"eyJhIjoxfQ=="
JavaScript application/json {"a":1} from binary mode {"a":1}
JavaScript application/ld+json {"a":1} from binary mode "{\"a\":1}"
JavaScript application/vnd.example+json {"a":1} from binary mode "{\"a\":1}"
JavaScript Application/JSON {"a":1} from binary mode "{\"a\":1}"
Python application/json {"a": 1}
Python application/ld+json {"a": 1}
Python application/vnd.example+json {"a": 1}
Python Application/JSON "{'a': 1}"
SEEN
