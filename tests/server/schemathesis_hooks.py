"""Makes most of what schemathesis invents about synchronisation reach further than "get the policy first": a device that
is known, the policy there is, intents that are counted from one and made by the caller."""

import os

import schemathesis

DEVICE = os.environ["LICTOR_DEVICE"]
BUNDLE = os.environ["LICTOR_BUNDLE"]
USER = os.environ["LICTOR_USER"]
NOW = int(os.environ["LICTOR_NOW"])
FIRST = {"idem": "first", "base": None, "predicted": "unknown", "action": "update", "args": {"set": []}}
RECORDS = [*os.environ["LICTOR_RECORDS"].split(","), "new"]


def often(value):
    """By what was invented, so that the same seed gives the same requests."""
    return len(repr(value)) % 4 != 0


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict) or not often(body):
        return body
    path = context.operation.path
    if path.endswith("/sync/pull"):
        return {**body, "device": DEVICE, "have": {"bundle": BUNDLE, "schema": 1}}
    if path.endswith("/sync/push") and isinstance(body.get("intents"), list):
        intents = [known(n, one) for n, one in enumerate(body["intents"] or [FIRST], 1) if isinstance(one, dict)]
        return {**body, "device": DEVICE + str(len(repr(body))), "intents": intents}
    return body


def known(n, intent):
    size = len(repr(intent))
    intent = {**intent, "n": n, "actor": USER, "causes": []}
    if "target" not in intent or size % 3 == 0:
        edit = {"path": f"note{size}", "value": size}
        target = {"relation": "record", "id": RECORDS[0]}
        return {**intent, "action": "update", "target": target, "args": {"set": [edit]}, "made": {"wall": NOW}}
    if size % 3 == 1:
        intent["target"] = {"relation": "record", "id": RECORDS[size % len(RECORDS)]}
    return intent


@schemathesis.hook
def map_query(context, query):
    if not isinstance(query, dict) or not often(query):
        return query
    query = {name: value for name, value in query.items() if name != "atLeast"}
    return {**query, "device": DEVICE} if "device" in query else query


@schemathesis.hook
def map_headers(context, headers):
    if not isinstance(headers, dict) or not often(headers):
        return headers
    return {name: value for name, value in headers.items() if name != "lictor-at-least"}


@schemathesis.hook
def map_path_parameters(context, parameters):
    if isinstance(parameters, dict) and "hash" in parameters and often(parameters):
        return {**parameters, "hash": BUNDLE}
    return parameters
