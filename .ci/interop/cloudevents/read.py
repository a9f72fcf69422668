"""Whether the Python SDK of CloudEvents reads each line of these files as an event, `read.py FILE...`, and writes it as it was.

Lines that are left out of an export are no events.
"""

import json
import sys
from datetime import datetime

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


def normal(line):
    """The event with its time as an instant, which the SDK writes in another form."""
    event = json.loads(line)
    event["time"] = datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
    return event


def refuses(line):
    try:
        JSONFormat().read(CloudEvent, line)
    except CloudEventValidationError:
        return True
    return False


events = 0
for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            if "lineHash" in json.loads(line):
                continue
            event = JSONFormat().read(CloudEvent, line)
            if normal(JSONFormat().write(event)) != normal(line):
                sys.exit(f"{file}: {event.get_id()} is written otherwise")
            events += 1
            # It does look: without its source, or with an attribute whose name is none, a line is no event.
            without, more = json.loads(line), json.loads(line)
            del without["source"]
            more["no_name"] = "x"
            if not all(refuses(json.dumps(wrong)) for wrong in (without, more)):
                sys.exit(f"{file}: a wrong event is read")
if events == 0:
    sys.exit("no event")
print(f"CloudEvents SDK: {events} events")
