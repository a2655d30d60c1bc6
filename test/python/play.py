"""Answers questions of the tests: one JSON document a line goes in, {"said": …} a line comes out. Texts that the verifier is to read are base64."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'verifiers', 'python'))
sys.dont_write_bytecode = True
import occasio_verify as v  # noqa: E402


def listed(checks):
    return [[one['check'], one['result'], one['code'], one['position']] for one in checks]


def canonical(data, asked):
    try:
        value = v.parse_json(data, v.JCS if asked['profile'] == 'jcs' else v.ROW)
    except v.Fault as fault:
        return {'code': fault.code, 'offset': fault.offset}
    return base64.b64encode(v.print_json(value, asked['profile'] == 'jcs').encode('utf-8')).decode('ascii')


def chain(data, _):
    departures = []
    walked = v.walk(data, lambda number, start, row: None)
    for check in walked['departures']:
        departures += walked['departures'][check]
    return {'rows': walked['rows'], 'bytes': walked['bytes'], 'firstHash': walked['first_hash'], 'lastHash': walked['last_hash'], 'root': walked['root'],
            'departuresTotal': sum(walked['totals'].values()), 'departures': sorted(([c, r, o] for c, r, o in departures), key=lambda d: (d[2], d[0]))}


def tree(_, asked):
    one = v.Tree()
    for row_hash in asked['row_hashes']:
        one.add(row_hash)
    return {'leaves': [v.leaf_hash(h).hex() for h in asked['row_hashes']], 'root': one.root().hex()}


def run(data, asked):
    e = asked['expected']
    return v.verify_run(data, e.get('runId'), e.get('firstHash'), e.get('rows'), e.get('lastHash'))


def predicate(data, _):
    try:
        value = v.parse_json(data)
    except v.Fault as fault:
        return [[fault.code, None]]
    return v.predicate_departures(value)


def statement(data, _):
    departure = v.parse_statement(data)[1]
    return [] if departure is None else [departure]


def bundle(data, _):
    reader = v.Reader(data, v.JCS)
    try:
        value = reader.read()
    except v.Fault as fault:
        return [[fault.code, None]]
    parts, departures = v.parse_bundle(data, reader, value)
    return departures if parts is None else [[code, None] for code in parts['manifest']]


def coverage(data, _):
    derived = v.Derivation()
    v.walk(data, derived.row)
    return derived.coverage.figures()


def note(check):
    def answer(data, asked):
        try:
            said = check(data, [bytes.fromhex(key) for key in asked['trusted']], [v.parse_witness_key(key) for key in asked['witnesses']])
        except v.Refused as refused:
            return [refused.code, 0]
        return ['ok', len(said['witnesses'])]

    return answer


def verdict(data, asked):
    o = asked['options']
    keys = [key for pem in o['keys'] for key in v.parse_public_keys(pem)]
    chain_file = base64.b64decode(asked['chain']) if asked.get('chain') is not None else None
    sidecar = base64.b64decode(asked['sidecar']) if asked.get('sidecar') is not None else None
    beside = base64.b64decode(asked['beside']) if asked.get('beside') is not None else None
    kind = asked.get('evidence', 'bundle')
    evidence = v.Evidence(kind, data=data, sidecar=sidecar, beside=beside, chain=data if kind == 'run' else chain_file)
    witnesses = [v.parse_witness_key(key) for key in o.get('witness_keys', [])]
    return v.verify_evidence(evidence, keys, o['require'], o['allow_unsigned'], witnesses, [note.encode('utf-8') for note in o.get('held', [])])


def signature(data, asked):
    key = v.parse_public_keys(asked['pem'])
    return key is not None and v.verify_signature(key[0], base64.b64decode(asked['signature']), data)


ANSWERS = {'canonical': canonical, 'chain': chain, 'tree': tree, 'run': run, 'predicate': predicate, 'statement': statement, 'bundle': bundle, 'coverage': coverage,
           'checkpoint': note(v.check_checkpoint), 'proof': note(v.check_proof), 'verdict': verdict, 'signature': signature}

for question in sys.stdin.buffer:
    asked = json.loads(question)
    said = ANSWERS[asked['ask']](base64.b64decode(asked.get('base64', '')), asked)
    sys.stdout.write(json.dumps({'said': said}) + '\n')
