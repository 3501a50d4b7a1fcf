"""Code to copy: the shortest way from each language to the collector."""

from __future__ import annotations

from dataclasses import dataclass

_CURL = """curl {url}/v1/track -u KEY: \\
  -H 'Content-Type: application/json' -d '{{
  "userId": "C40718",
  "event": "Call Ended",
  "properties": {{"queue": "billing", "wait": 380}}
}}'"""
_PYTHON = """# pip install segment-analytics-python
import segment.analytics as regard

regard.write_key = "KEY"
regard.host = "{url}"

regard.identify("C40718", {{"name": "Inès Moreau", "plan": "fibre"}})
regard.track("C40718", "Call Ended", {{"queue": "billing", "wait": 380}})
regard.flush()"""
_NODE = """// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node"

const regard = new Analytics({{ writeKey: "KEY", host: "{url}" }})

regard.identify({{ userId: "C40718", traits: {{ name: "Inès Moreau" }} }})
regard.track({{ userId: "C40718", event: "Call Ended", properties: {{ wait: 380 }} }})
await regard.closeAndFlush()"""
_BROWSER = """// A collect key can only send, so it may stand in a page.
fetch("{url}/v1/track", {{
  method: "POST",
  keepalive: true,
  headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({{
    writeKey: "KEY",
    messageId: crypto.randomUUID(),
    anonymousId: localStorage.visitor ??= crypto.randomUUID(),
    event: "Plan Viewed",
    properties: {{ plan: "fibre" }},
  }}),
}})"""


@dataclass(frozen=True)
class Snippet:
    id: str
    name: str
    code: str


def snippets(url: str) -> list[Snippet]:
    texts = (
        ("curl", "curl", _CURL),
        ("python", "Python", _PYTHON),
        ("node", "Node", _NODE),
        ("browser", "JavaScript", _BROWSER),
    )
    return [Snippet(id, name, text.format(url=url)) for id, name, text in texts]
