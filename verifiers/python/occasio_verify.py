#!/usr/bin/env python3
"""A second opinion on evidence of Occasio, in Python 3.9 or later with its standard library alone.

    python3 occasio_verify.py FILE [--key PEM] [--chain FILE] [--witness-key KEY] [--checkpoint FILE] [--allow-unsigned] [--require LIST] [--json]

FILE is a bundle (spec/bundle.md), an attestation with FILE.sigstore.json and FILE.occasio.json beside it (spec/predicate.md, spec/statement.md), the file of
a run (spec/run.md, spec/row.md), or a proof of one row (spec/proof.md). The checks are those of spec/verify.md, in its order and with its
codes; it was written from these pages and shares no line with the other verifiers. Everything in FILE is attacker-controlled.

What it does not do is said as "not checked": certificates (signature-unsupported), decisions decided again (no-replay), rules counted again.
Exit: 0 verified, or unsigned where that was asked; 1 failed; 2 wrong use, or input that cannot be read.
"""
import base64
import hashlib
import json
import os
import re
import sys

MAX_DOCUMENT = 64 << 20
MAX_LINE = 1 << 20
MAX_FILE = 1 << 30
MAX_LISTED = 100
MAX_POLICIES = 1000
SAFE = (1 << 53) - 1
ZEROS = '0' * 64


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def sha256_hex(*parts):
    return sha256(*parts).hex()


# ---- JSON (spec/json.md) -------------------------------------------------------------------------------------------------------------


class Fault(Exception):
    """What is wrong with a text, and the byte where."""

    def __init__(self, code, offset):
        super().__init__(code)
        self.code = code
        self.offset = offset


JCS = {'size': MAX_DOCUMENT, 'depth': 256, 'row': False, 'lenient': False}
ROW = {'size': MAX_LINE, 'depth': 32, 'row': True, 'lenient': False}
# Any JSON: the members of a row that is not in its form are still looked at. The last of several members counts.
LENIENT = {'size': MAX_LINE, 'depth': 1 << 30, 'row': False, 'lenient': True}

SPACE = re.compile(rb'[ \t\n\r]*')
PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
HEX = re.compile(rb'[0-9A-Fa-f]')
INDEX = re.compile(r'0|[1-9][0-9]{0,9}')
ESCAPES = {0x22: '"', 0x5C: '\\', 0x2F: '/', 0x62: '\b', 0x66: '\f', 0x6E: '\n', 0x72: '\r', 0x74: '\t'}
WORDS = {0x74: (b'true', True), 0x66: (b'false', False), 0x6E: (b'null', None)}
DIGITS = frozenset(b'0123456789')


class Reader:
    """Reads one text from its start; the fault met first is raised. No recursion: the stack is a list. Where the members of the outermost
    object stand, and the items of those that are lists, is kept in `spans` and `items` as (start, end)."""

    def __init__(self, data, profile):
        self.data = data
        self.end = len(data)
        self.profile = profile
        self.spans = {}
        self.items = {}

    def read(self):
        data = self.data
        if self.end > self.profile['size']:
            raise Fault('size', self.profile['size'])
        if data[:3] == b'\xef\xbb\xbf':
            raise Fault('bom', 0)
        at = SPACE.match(data, 0).end()
        if at == self.end:
            raise Fault('empty', at)
        value, at = self.value(at)
        at = SPACE.match(data, at).end()
        if at != self.end:
            raise Fault('trailing', at)
        return value

    def value(self, at):
        """The value at a byte, and the byte behind it."""
        data, end, limit = self.data, self.end, self.profile['depth']
        # A frame is [container, name or None, names with the byte of their quote, start of the container].
        stack = []
        while True:
            # A value starts here.
            if at >= end:
                raise Fault('syntax', end)
            byte = data[at]
            start = at
            if byte == 0x7B or byte == 0x5B:
                if len(stack) >= limit:
                    raise Fault('depth', at)
                at = SPACE.match(data, at + 1).end()
                if byte == 0x7B:
                    stack.append([{}, None, [], start])
                    if at < end and data[at] == 0x7D:
                        at += 1
                        value, start = self.close(stack)
                    else:
                        at = self.name(stack[-1], at)
                        continue
                else:
                    stack.append([[], None, None, start])
                    if at < end and data[at] == 0x5D:
                        at += 1
                        value, start = self.close(stack)
                    else:
                        continue
            elif byte == 0x22:
                value, at = self.string(at)
            elif byte == 0x2D or byte in DIGITS:
                value, at = self.number(at)
            elif byte in WORDS:
                word, value = WORDS[byte]
                for i, one in enumerate(word):
                    if at + i >= end or data[at + i] != one:
                        raise Fault('syntax', min(at + i, end))
                at += len(word)
            else:
                raise Fault('syntax', at)
            # A value ends here: it goes into what holds it, which may end in turn.
            while True:
                if not stack:
                    return value, at
                frame = stack[-1]
                if frame[2] is None:
                    frame[0].append(value)
                    if len(stack) == 2 and stack[0][1] is not None:
                        self.items.setdefault(stack[0][1], []).append((start, at))
                    closing = 0x5D
                else:
                    frame[0][frame[1]] = value
                    if len(stack) == 1:
                        self.spans[frame[1]] = (start, at)
                    closing = 0x7D
                at = SPACE.match(data, at).end()
                if at >= end:
                    raise Fault('syntax', end)
                if data[at] == closing:
                    at += 1
                    value, start = self.close(stack)
                    continue
                if data[at] != 0x2C:
                    raise Fault('syntax', at)
                at = SPACE.match(data, at + 1).end()
                if closing == 0x7D:
                    at = self.name(frame, at)
                break

    def name(self, frame, at):
        """The name of a member with its colon; the byte where the member's value starts."""
        data, end = self.data, self.end
        if at >= end or data[at] != 0x22:
            raise Fault('syntax', min(at, end))
        quote = at
        name, at = self.string(at)
        if self.profile['row'] and (name == '__proto__' or (INDEX.fullmatch(name) and int(name) <= 4294967294)):
            raise Fault('name', quote)
        frame[1] = name
        frame[2].append((name, quote))
        at = SPACE.match(data, at).end()
        if at >= end or data[at] != 0x3A:
            raise Fault('syntax', min(at, end))
        return SPACE.match(data, at + 1).end()

    def close(self, stack):
        container, _, names, start = stack.pop()
        if names is not None and len(names) != len(container) and not self.profile['lenient']:
            seen = set()
            for name, quote in names:
                if name in seen:
                    raise Fault('duplicate-name', quote)
                seen.add(name)
        return container, start

    def string(self, at):
        data, end = self.data, self.end
        at += 1
        parts = []
        while True:
            stop = PLAIN.match(data, at).end()
            if stop > at:
                try:
                    parts.append(data[at:stop].decode('utf-8'))
                except UnicodeDecodeError as error:
                    raise Fault('utf8', at + error.start) from None
            at = stop
            if at >= end:
                raise Fault('syntax', end)
            byte = data[at]
            if byte == 0x22:
                return ''.join(parts), at + 1
            if byte != 0x5C:
                raise Fault('control', at)
            if at + 1 >= end:
                raise Fault('syntax', end)
            escape = data[at + 1]
            if escape in ESCAPES:
                parts.append(ESCAPES[escape])
                at += 2
            elif escape == 0x75:
                unit, behind = self.unit(at)
                if 0xD800 <= unit < 0xDC00 and data[behind:behind + 2] == b'\\u':
                    low, after = self.unit(behind)
                    if 0xDC00 <= low < 0xE000:
                        unit, behind = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), after
                if 0xD800 <= unit < 0xE000 and not self.profile['lenient']:
                    raise Fault('surrogate', at)
                parts.append(chr(unit))
                at = behind
            else:
                raise Fault('syntax', at + 1)

    def unit(self, at):
        for i in range(at + 2, at + 6):
            if i >= self.end or not HEX.match(self.data, i):
                raise Fault('syntax', min(i, self.end))
        return int(self.data[at + 2:at + 6], 16), at + 6

    def digits(self, at):
        if at >= self.end or self.data[at] not in DIGITS:
            raise Fault('syntax', min(at, self.end))
        while at < self.end and self.data[at] in DIGITS:
            at += 1
        return at

    def number(self, at):
        data, end, start = self.data, self.end, at
        if data[at] == 0x2D:
            at += 1
        if at < end and data[at] == 0x30:
            at += 1
            if at < end and data[at] in DIGITS:
                raise Fault('syntax', at)
        else:
            at = self.digits(at)
        whole = at
        if at < end and data[at] == 0x2E:
            at = self.digits(at + 1)
        if at < end and data[at] in b'eE':
            at += 1
            if at < end and data[at] in b'+-':
                at += 1
            at = self.digits(at)
        text = data[start:at].decode('ascii')
        if at == whole and len(text) <= 16 and text != '-0':
            if self.profile['row'] and not -SAFE <= int(text) <= SAFE:
                raise Fault('number-range', start)
            return as_number(float(text)) if len(text) > 15 else int(text), at
        if self.profile['row']:
            if at == whole and text != '-0':
                if len(text) > 17 or not -SAFE <= int(text) <= SAFE:
                    raise Fault('number-range', start)
                return int(text), at
            raise Fault('number-form', start)
        double = float(text)
        if double in (float('inf'), float('-inf')):
            if self.profile['lenient']:
                return double, at
            raise Fault('number-range', start)
        return as_number(double), at


def as_number(double):
    """The double as JavaScript sees it: an int where it is one that is exact, so that 1.0 and 1 are the same."""
    return int(double) if double.is_integer() and abs(double) <= SAFE else double


def parse_json(data, profile=JCS):
    return Reader(data, profile).read()


def text_of_number(value):
    """As ECMAScript prints the double."""
    if type(value) is int:
        return str(value)
    if value == 0:
        return '0'
    if value != value or value in (float('inf'), float('-inf')):
        raise Fault('number-range', 0)
    sign = '-' if value < 0 else ''
    mantissa, _, exponent = repr(abs(value)).partition('e')
    whole, _, fraction = mantissa.partition('.')
    digits = (whole + fraction).lstrip('0')
    point = len(whole) + int(exponent or '0') - (len(whole + fraction) - len(digits))
    digits = digits.rstrip('0')
    k = len(digits)
    if k <= point <= 21:
        return sign + digits + '0' * (point - k)
    if 0 < point <= 21:
        return sign + digits[:point] + '.' + digits[point:]
    if -6 < point <= 0:
        return sign + '0.' + '0' * -point + digits
    e = point - 1
    return f"{sign}{digits[0]}{'.' + digits[1:] if k > 1 else ''}e{'+' if e > 0 else '-'}{abs(e)}"


SPECIAL = re.compile('["\\\\\x00-\x1f]')
SHORT = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r'}


def text_of_string(value):
    return '"' + SPECIAL.sub(lambda m: SHORT.get(m.group()) or f'\\u{ord(m.group()):04x}', value) + '"'


def utf16(text):
    """What texts are put in order by."""
    return text.encode('utf-16-be', 'surrogatepass')


def print_json(value, ordered, depth=0):
    """Minimal JSON; `ordered` puts members in the order of RFC 8785. Deeper than 256 is a fault, so it never runs out of stack."""
    if depth > 256:
        raise Fault('depth', 0)
    if value is None:
        return 'null'
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, str):
        return text_of_string(value)
    if isinstance(value, (int, float)):
        return text_of_number(value)
    if isinstance(value, list):
        return '[' + ','.join([print_json(item, ordered, depth + 1) for item in value]) + ']'
    names = sorted(value, key=utf16) if ordered else value
    return '{' + ','.join([text_of_string(name) + ':' + print_json(value[name], ordered, depth + 1) for name in names]) + '}'


def canonical(value):
    """RFC 8785. A fault where there is a lone surrogate."""
    try:
        return print_json(value, True).encode('utf-8')
    except UnicodeEncodeError:
        raise Fault('surrogate', 0) from None


def same(a, b):
    try:
        return canonical(a) == canonical(b)
    except Fault:
        return False


# ---- forms of members ----------------------------------------------------------------------------------------------------------------


HASH = re.compile(r'[0-9a-f]{64}')
RUN_ID = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,63}')
TIME = re.compile(r'([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z')


def is_text(value):
    return isinstance(value, str)


def is_count(value):
    return type(value) is int and 0 <= value <= SAFE


def is_flag(value):
    return value is True or value is False


def is_hash(value):
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def is_object(value):
    return isinstance(value, dict)


def is_texts(value):
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def is_counts(value):
    return isinstance(value, dict) and all(is_count(one) for one in value.values())


def is_run_id(value):
    return isinstance(value, str) and RUN_ID.fullmatch(value) is not None


def is_time(value):
    return milliseconds(value) is not None


def one_of(*words):
    return lambda value: isinstance(value, str) and value in words


def or_null(form):
    return lambda value: value is None or form(value)


def taken(row, name, form):
    """A member in its form, else None."""
    return row.get(name) if form(row.get(name)) else None


def milliseconds(value):
    """Since 1970; None where the text names no moment."""
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, ms = (int(part) for part in match.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    months = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not (1 <= month <= 12 and 1 <= day <= months[month - 1] and hour < 24 and minute < 60 and second < 60):
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(months[:month - 1]) + day - 1 - 719162
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms


# ---- a row, and a chain of rows (spec/row.md) ----------------------------------------------------------------------------------------


HASH_TAIL = len(',"hash":""}') + 64


class Line:
    """One line: its members or None, what departs from the form, and the hash it states."""

    __slots__ = ('row', 'members', 'departures', 'hash')

    def __init__(self, row, members, departures, stated):
        self.row = row
        self.members = members
        self.departures = departures
        self.hash = stated


def lenient(line):
    if line[:1] != b'{':
        return None
    try:
        return parse_json(line, LENIENT)
    except Fault:
        return None


def judge_line(line, start, before):
    """A line without its LF. `before` is the hash that the line before states, None where it states none.
    Departures are (code, byte in the file)."""
    if line == b'':
        return None, [('empty-line', start)], None
    if len(line) > MAX_LINE:
        return None, [('line-too-long', start + MAX_LINE)], None
    try:
        row = parse_json(line, ROW)
    except Fault as fault:
        code = 'not-json' if fault.code in ('syntax', 'control', 'trailing', 'empty') else fault.code
        return lenient(line), [(code, start + fault.offset)], None
    if not isinstance(row, dict):
        return None, [('not-object', start)], None
    minimal = print_json(row, False).encode('utf-8')
    names = list(row)
    stated = row['hash'] if names and names[-1] == 'hash' and is_hash(row['hash']) else None
    previous = row['prev_hash'] if len(names) > 1 and names[-2] == 'prev_hash' and is_hash(row['prev_hash']) else None
    if minimal != line:
        differs = next((i for i, (a, b) in enumerate(zip(minimal, line)) if a != b), min(len(minimal), len(line)))
        found = [('not-minimal', start + differs)]
        place = {'hash-missing': start, 'prev-hash-missing': start, 'link-mismatch': start}
    else:
        found = []
        size = start + len(line)
        place = {'hash-missing': size - 1, 'prev-hash-missing': size - HASH_TAIL, 'link-mismatch': size - HASH_TAIL - 65, 'hash-mismatch': size - 66}
    if stated is None:
        found.append(('hash-missing', place['hash-missing']))
        return row, found, None
    if previous is None:
        found.append(('prev-hash-missing', place['prev-hash-missing']))
    elif before is not None and previous != before:
        found.append(('link-mismatch', place['link-mismatch']))
    if minimal == line:
        body = line[:-HASH_TAIL] if len(names) > 1 else b'{'
        if sha256_hex(body, b'}') != stated:
            found.append(('hash-mismatch', place['hash-mismatch']))
    return row, found, stated


def leaf_hash(row_hash):
    return sha256(b'\0', bytes.fromhex(row_hash))


class Tree:
    """RFC 6962 section 2.1, one entry after the other; `frontier` holds the roots of whole subtrees as (size, root)."""

    def __init__(self):
        self.frontier = []

    def add(self, row_hash):
        size, node = 1, leaf_hash(row_hash)
        while self.frontier and self.frontier[-1][0] == size:
            node = sha256(b'\1', self.frontier.pop()[1], node)
            size *= 2
        self.frontier.append((size, node))

    def root(self):
        if not self.frontier:
            return sha256(b'')
        node = self.frontier[-1][1]
        for _, left in reversed(self.frontier[:-1]):
            node = sha256(b'\1', left, node)
        return node


FORM_CODES = frozenset('not-minimal not-json not-object duplicate-name name surrogate utf8 bom number-form number-range depth line-too-long empty-line'.split())


def walk(data, see):
    """Calls see(number, start, members or None) for each row, and says what the file's chain is."""
    departures = {'form': [], 'chain': [], 'end': []}
    totals = {'form': 0, 'chain': 0, 'end': 0}
    tree, rows, before, first, at = Tree(), 0, ZEROS, None, 0

    def tell(code, row, offset):
        check = 'end' if code == 'torn-line' else 'form' if code in FORM_CODES else 'chain'
        totals[check] += 1
        if len(departures[check]) < MAX_LISTED:
            departures[check].append((code, row, offset))

    while at < len(data):
        lf = data.find(b'\n', at)
        if lf < 0:
            tell('torn-line', rows, at)
            if len(data) - at > MAX_LINE:
                tell('line-too-long', rows, at + MAX_LINE)
            break
        row, found, stated = judge_line(data[at:lf], at, before)
        for code, offset in found:
            tell(code, rows, offset)
        if stated is None:
            tree = None
        elif tree is not None:
            tree.add(stated)
        see(rows, at, row)
        before = stated
        first = stated if rows == 0 else first
        rows += 1
        at = lf + 1
    return {
        'rows': rows, 'bytes': len(data), 'first_hash': first, 'last_hash': before if rows else None,
        'root': tree.root().hex() if tree is not None else None, 'departures': departures, 'totals': totals,
    }


# ---- a run (spec/run.md) -------------------------------------------------------------------------------------------------------------


AGENT = one_of('claude-code', 'codex', 'opencode', 'cline', 'gemini', 'occasio', 'unknown')
PROTOCOL = one_of('anthropic-messages', 'openai-responses', 'openai-chat', 'hook', 'mcp', 'internal')
DIRECTION = one_of('inbound', 'outbound')
DOOR = one_of('wire', 'hook', 'mcp')
ACTION = one_of('PASS', 'LOCAL', 'BLOCK', 'TRANSFORM')
SOURCE = one_of('user', 'default')
PRESET = one_of('strict', 'balanced', 'off')
EVENT = one_of('cloud_sent', 'local_only', 'blocked', 'trimmed', 'budget_exceeded')

COMMON = {'event_id': is_text, 'session_id': is_text, 'run_id': is_text, 'agent': AGENT, 'protocol': PROTOCOL, 'kind': is_text}
# Judged by the checks `time` and `chain`.
JUDGED_ELSEWHERE = ('ts', 'prev_hash', 'hash')
KINDS = {
    'run_start': {
        'seq': is_count, 'version': is_text, 'core_sha256': is_hash, 'runtime': is_text, 'host_id?': is_hash, 'boot_id?': is_hash, 'pid': is_count,
        'preset': PRESET, 'cwd': is_text, 'previous_run?': is_text, 'template?': is_text, 'template_hash?': is_hash,
    },
    'policy_loaded': {
        'tool_name': one_of('policy_loaded'), 'tool_inputs': is_object, 'action': one_of('INFO'), 'reason': one_of('policy-loaded'),
        'policy_source': SOURCE, 'seq': is_count,
    },
    'tool_call': {
        'direction': DIRECTION, 'tool_name': is_text, 'tool_inputs?': is_object, 'action': ACTION, 'reason': is_text, 'policy_source': SOURCE,
        'executor?': is_text, 'transform?': is_text, 'result_kind': one_of('local', 'pass', 'block', 'transform', 'unknown'), 'exit_code?': is_count,
        'secrets_redacted?': is_count, 'distilled?': is_flag, 'tokens_saved?': is_count, 'seq': is_count, 'tool_use_id?': is_text,
        'agent_id?': is_text, 'request_id': is_text, 'door': DOOR, 'rule?': is_text, 'judged': is_object, 'input_commit?': is_hash,
    },
    'tool_result': {
        'direction': one_of('outbound'), 'seq': is_count, 'tool_use_id': is_text, 'agent_id?': is_text, 'request_id': is_text, 'door': DOOR,
        'is_error': is_flag, 'bytes': is_count, 'secrets_redacted': is_count, 'carried_in': is_flag,
    },
    'request': {
        'audit_schema': lambda value: type(value) is int and value == 1, 'direction': one_of('outbound'), 'event_type': EVENT, 'model?': is_text,
        'cwd': is_text, 'input_tokens': is_count, 'output_tokens': is_count, 'cache_read_tokens': is_count, 'cache_write_tokens': is_count,
        'seq': is_count, 'request_id': is_text, 'agent_id?': is_text, 'route': is_text, 'status': is_count, 'reason?': is_text,
        'message_id?': is_text, 'stop_reason?': is_text, 'tool_use_ids': is_texts, 'unscanned': is_texts, 'executed_upstream': is_texts,
        'complete': is_flag, 'cache_write_1h_tokens?': is_count, 'web_searches?': is_count, 'billed_model?': is_text, 'speed?': is_text,
        'inference_geo?': is_text, 'cost_microusd?': is_count, 'cost_basis?': one_of('usage', 'bound', 'unpriced'),
    },
    'git_state': {
        'tool_name': one_of('git_state'), 'tool_inputs': is_object, 'action': one_of('INFO'), 'reason': one_of('git-state'), 'seq': is_count,
    },
    'run_end': {'seq': is_count, 'reason': one_of('exit', 'idle', 'stop'), 'counts': is_counts},
}
KINDS = {
    kind: {name.rstrip('?'): (form, name.endswith('?')) for name, form in list(COMMON.items()) + list(own.items())}
    for kind, own in KINDS.items()
}


WORD = re.compile(r'[A-Za-z0-9_.:-]{1,64}')
MAX_COUNTED = 100
STRANGE = '\u2026'


def count(counts, name):
    """Names that are no words, or too many, are counted together."""
    fits = is_text(name) and WORD.fullmatch(name) and (name in counts or len(counts) < MAX_COUNTED)
    key = name if fits else STRANGE
    counts[key] = counts.get(key, 0) + 1


class RunChecks:
    """Rules 1 to 8 over the rows as they come."""

    def __init__(self, run_id):
        self.run_id = run_id
        self.session = None
        self.ended = False
        self.previous_run = None
        self.kinds = {}
        self.actions = {}
        self.policies = []
        self.found = {'run': [], 'members': [], 'time': []}
        self.notes = {'members': [], 'time': []}
        self.totals = {'run': 0, 'members': 0, 'time': 0}
        self.clock = None

    def tell(self, check, code, row, offset):
        self.totals[check] += 1
        if len(self.found[check]) < MAX_LISTED:
            self.found[check].append((code, row, offset))

    def note(self, check, code, row, offset):
        if len(self.notes[check]) < MAX_LISTED:
            self.notes[check].append((code, row, offset))

    def row(self, number, start, row):
        if row is None:
            return
        kind = row.get('kind') if is_text(row.get('kind')) else None
        for code in self.rules(number, row, kind):
            self.tell('run', code, number, start)
        self.members(number, start, row, kind)
        self.time(number, start, row)
        count(self.kinds, kind)
        if kind == 'tool_call':
            count(self.actions, row.get('action'))

    def rules(self, number, row, kind):
        if kind is not None:
            if number == 0 and kind != 'run_start':
                yield 'no-run-start'
            if number == 1 and kind != 'policy_loaded':
                yield 'no-policy-loaded'
            if number > 0 and kind == 'run_start':
                yield 'run-start-again'
        if type(row.get('seq')) is not int or row['seq'] != number:
            yield 'seq'
        if self.run_id is None and is_run_id(row.get('run_id')):
            self.run_id = row['run_id']
        if self.run_id is None or row.get('run_id') != self.run_id:
            yield 'run-id'
        if number == 0:
            self.session = taken(row, 'session_id', is_text)
            self.previous_run = taken(row, 'previous_run', is_run_id)
            if self.previous_run is not None and self.previous_run == self.run_id:
                yield 'previous-run'
        if self.session is None or row.get('session_id') != self.session:
            yield 'session-id'
        if self.ended:
            yield 'after-end'
        if kind == 'policy_loaded':
            policy = (taken(row, 'tool_inputs', is_object) or {}).get('policy_hash')
            if is_hash(policy) and policy not in self.policies and len(self.policies) < MAX_POLICIES:
                self.policies.append(policy)
        if kind == 'run_end':
            if not same(row.get('counts'), {**self.kinds, **self.actions}):
                yield 'end-counts'
            self.ended = True

    def members(self, number, start, row, kind):
        if kind is None:
            self.tell('members', 'kind-form', number, start)
            return
        forms = KINDS.get(kind)
        if forms is None:
            self.note('members', 'unknown-kind', number, start)
            return
        if any(name not in row and not optional for name, (_, optional) in forms.items()):
            self.tell('members', 'member-missing', number, start)
        if any(name in row and not form(row[name]) for name, (form, _) in forms.items()):
            self.tell('members', 'member-form', number, start)
        if any(name not in forms and name not in JUDGED_ELSEWHERE for name in row):
            self.note('members', 'unknown-member', number, start)

    def time(self, number, start, row):
        now = milliseconds(row.get('ts'))
        if now is None:
            self.tell('time', 'time-form', number, start)
            return
        if self.clock is not None and now < self.clock:
            self.note('time', 'clock-went-back', number, start)
        self.clock = now


def at_row(row, offset):
    return {'row': row, 'offset': offset}


def finding(check, result, code=None, position=None):
    return {'check': check, 'result': result, 'code': code, 'position': position}


def row_findings(walked, run):
    """Checks `form` to `end`."""
    if walked['rows'] == 0:
        run.tell('run', 'empty', 0, 0)
    departures = {**walked['departures'], **run.found}
    # Where no line is a row, nothing but what failed was checked.
    nothing = not run.kinds and sum(walked['totals'].values()) + sum(run.totals.values()) > 0
    checks = []
    for check in ('form', 'chain', 'run', 'members', 'time', 'end'):
        if departures[check]:
            checks += [finding(check, 'failed', code, at_row(row, offset)) for code, row, offset in departures[check]]
            continue
        notes = run.notes.get(check, [])
        if nothing:
            checks.append(finding(check, 'not checked', 'no-rows'))
        elif check == 'end' and not run.ended:
            checks.append(finding('end', 'ok', 'no-run-end'))
        elif notes:
            result = 'not checked' if check == 'members' else 'ok'
            checks += [finding(check, result, code, at_row(row, offset)) for code, row, offset in notes]
        else:
            checks.append(finding(check, 'ok'))
    return checks


def verify_run(data, run_id=None, first_hash=None, rows=None, last_hash=None):
    """`occasio-run-verdict/v1` on the bytes of a run's file."""
    run = RunChecks(run_id)
    walked = walk(data, run.row)
    checks = row_findings(walked, run)
    head = []
    if first_hash is not None and walked['first_hash'] != first_hash:
        head.append(finding('head', 'failed', 'first-hash'))
    if rows is not None and walked['rows'] != rows:
        head.append(finding('head', 'failed', 'head-rows'))
    if last_hash is not None and walked['last_hash'] != last_hash:
        head.append(finding('head', 'failed', 'head-hash'))
    if not head:
        if rows is not None or last_hash is not None:
            head.append(finding('head', 'ok'))
        else:
            head.append(finding('head', 'ok' if first_hash is not None else 'not checked', 'no-expectation'))
    checks += head + [finding('checkpoint', 'not checked', 'no-checkpoint'), finding('signature', 'not checked', 'unsigned')]
    failed = any(one['result'] == 'failed' for one in checks)
    faults = sum(walked['totals'].values()) + sum(run.totals.values()) + sum(one['result'] == 'failed' for one in head)
    return {
        'verdict': 'occasio-run-verdict/v1', 'word': 'failed' if failed else 'self-consistent' if run.ended else 'open', 'run_id': run.run_id,
        'rows': walked['rows'], 'bytes': walked['bytes'], 'first_hash': walked['first_hash'], 'last_hash': walked['last_hash'], 'kinds': run.kinds,
        'actions': run.actions, 'policies': run.policies, 'previous_run': run.previous_run, 'faults': faults, 'checks': checks,
    }


# ---- keys and signatures: Ed25519 (RFC 8032), ECDSA on P-256 -------------------------------------------------------------------------


ED_P = 2 ** 255 - 19
ED_L = 2 ** 252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, ED_P - 2, ED_P) % ED_P
ED_I = pow(2, (ED_P - 1) // 4, ED_P)
ED_NEUTRAL = (0, 1, 1, 0)


def ed_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % ED_P
    b = (p[1] + p[0]) * (q[1] + q[0]) % ED_P
    c = 2 * p[3] * q[3] * ED_D % ED_P
    d = 2 * p[2] * q[2] % ED_P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % ED_P, g * h % ED_P, f * g % ED_P, e * h % ED_P)


def ed_multiply(scalar, point):
    result = ED_NEUTRAL
    while scalar:
        if scalar & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        scalar >>= 1
    return result


def ed_is_neutral(point):
    return point[0] % ED_P == 0 and (point[1] - point[2]) % ED_P == 0


def ed_decode(data):
    """None where the 32 bytes are no canonical encoding of a point."""
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= ED_P:
        return None
    x2 = (y * y - 1) * pow(ED_D * y * y + 1, ED_P - 2, ED_P) % ED_P
    x = pow(x2, (ED_P + 3) // 8, ED_P)
    if (x * x - x2) % ED_P != 0:
        x = x * ED_I % ED_P
    if (x * x - x2) % ED_P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = ED_P - x
    return (x, y, 1, x * y % ED_P)


ED_BASE = ed_decode((4 * pow(5, ED_P - 2, ED_P) % ED_P).to_bytes(32, 'little'))


def verify_ed25519(public_key, signature, message):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r, s = ed_decode(public_key), ed_decode(signature[:32]), int.from_bytes(signature[32:], 'little')
    # A key of small order holds for messages that nobody signed.
    if key is None or r is None or s >= ED_L or ed_is_neutral(ed_multiply(8, key)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), 'little') % ED_L
    minus = ed_add(r, ed_multiply(k, key))
    difference = ed_add(ed_multiply(s, ED_BASE), (-minus[0] % ED_P, minus[1], minus[2], -minus[3] % ED_P))
    return ed_is_neutral(ed_multiply(8, difference))


EC_P = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
EC_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
EC_BASE = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def ec_add(p, q):
    """Affine points; None is the point at infinity."""
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % EC_P == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], EC_P - 2, EC_P) % EC_P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], EC_P - 2, EC_P) % EC_P
    x = (slope * slope - p[0] - q[0]) % EC_P
    return (x, (slope * (p[0] - x) - p[1]) % EC_P)


def ec_multiply(scalar, point):
    result = None
    while scalar:
        if scalar & 1:
            result = ec_add(result, point)
        point = ec_add(point, point)
        scalar >>= 1
    return result


def ec_point(raw):
    """An uncompressed point that lies on the curve."""
    if len(raw) != 65 or raw[0] != 4:
        return None
    x, y = int.from_bytes(raw[1:33], 'big'), int.from_bytes(raw[33:], 'big')
    return (x, y) if x < EC_P and y < EC_P and (y * y - x * x * x + 3 * x - EC_B) % EC_P == 0 else None


def der_integer(data, at):
    """A positive INTEGER in its one DER form, and the byte behind it; None where there is none."""
    if len(data) < at + 3 or data[at] != 2 or not 1 <= data[at + 1] <= 33 or len(data) < at + 2 + data[at + 1]:
        return None
    body = data[at + 2:at + 2 + data[at + 1]]
    if body[0] & 0x80 or (len(body) > 1 and body[0] == 0 and not body[1] & 0x80):
        return None
    return int.from_bytes(body, 'big'), at + 2 + len(body)


def verify_p256(raw_key, signature, message):
    key = ec_point(raw_key)
    if key is None or len(signature) < 8 or signature[0] != 0x30 or signature[1] != len(signature) - 2 or signature[1] > 127:
        return False
    first = der_integer(signature, 2)
    second = der_integer(signature, first[1]) if first else None
    if second is None or second[1] != len(signature):
        return False
    r, s = first[0], second[0]
    if not (0 < r < EC_N and 0 < s < EC_N):
        return False
    inverse = pow(s, EC_N - 2, EC_N)
    digest = int.from_bytes(sha256(message), 'big')
    point = ec_add(ec_multiply(digest * inverse % EC_N, EC_BASE), ec_multiply(r * inverse % EC_N, key))
    return point is not None and point[0] % EC_N == r


SPKI = {'ed25519': bytes.fromhex('302a300506032b6570032100'), 'p256': bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200')}
PEM = re.compile('-----BEGIN PUBLIC KEY-----\\s*([A-Za-z0-9+/=\\s]*?)\\s*-----END PUBLIC KEY-----')


def parse_public_keys(text):
    """Every public key of a PEM text as (kind, raw bytes); None where one of them is neither Ed25519 nor P-256, or there is none."""
    keys = []
    for match in PEM.finditer(text):
        der = decode_base64(''.join(match.group(1).split()))
        kind = next((kind for kind, prefix in SPKI.items() if der is not None and der.startswith(prefix)), None)
        if kind is None:
            return None
        raw = der[len(SPKI[kind]):]
        if (kind == 'ed25519' and (len(raw) != 32 or ed_decode(raw) is None)) or (kind == 'p256' and ec_point(raw) is None):
            return None
        keys.append((kind, raw))
    return keys or None


def key_id(raw):
    return sha256_hex(raw)[:16]


def verify_signature(key, signature, message):
    return (verify_ed25519 if key[0] == 'ed25519' else verify_p256)(key[1], signature, message)


def decode_base64(text):
    """RFC 4648 section 4, padded, in its one spelling; else None."""
    if not is_text(text) or not re.fullmatch(r'(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?', text):
        return None
    data = base64.b64decode(text)
    return data if base64.b64encode(data).decode('ascii') == text else None


# ---- checkpoint (spec/checkpoint.md) and proof (spec/proof.md) -----------------------------------------------------------------------


MAX_NOTE = 262144
DECIMAL = re.compile(r'0|[1-9][0-9]{0,15}')


class Refused(Exception):
    """A rule that does not hold; the first is the result."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def decimal(text):
    return int(text) if DECIMAL.fullmatch(text) and int(text) <= SAFE else None


def is_key_name(name):
    return name != '' and '+' not in name and not any(char.isspace() or char == '\ufeff' for char in name)


def parse_note(data):
    """The text with its last LF, and the signature lines as (name, bytes); None where the form is another."""
    if len(data) > MAX_NOTE:
        return None
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError:
        return None
    if any((char < ' ' and char != '\n') or '\x7f' <= char <= '\x9f' for char in text):
        return None
    split = text.rfind('\n\n')
    if split < 0 or not text.endswith('\n'):
        return None
    lines = text[split + 2:].split('\n')[:-1]
    if not 1 <= len(lines) <= 64:
        return None
    signatures = []
    for line in lines:
        parts = line.split(' ')
        if len(parts) != 3 or parts[0] != '\u2014' or not is_key_name(parts[1]):
            return None
        signature = decode_base64(parts[2])
        if signature is None or len(signature) < 5:
            return None
        signatures.append((parts[1], signature))
    return text[:split + 1], signatures


def parse_witness_key(text):
    """`<name>+<8 hex>+<base64(type || key)>` -> (name, four bytes, raw key); None where it is none."""
    parts = text.split('+', 2)
    if len(parts) != 3 or not is_key_name(parts[0]) or not re.fullmatch('[0-9a-f]{8}', parts[1]):
        return None
    body = decode_base64(parts[2])
    if body is None or len(body) != 33 or body[0] != 4:
        return None
    identity = sha256(parts[0].encode('utf-8'), b'\n', body)[:4]
    return (parts[0], identity, body[1:]) if identity.hex() == parts[1] else None


def parse_checkpoint(data):
    """(key id, run_id, size, root, text, signatures) before any key is asked, or Refused."""
    note = parse_note(data)
    if note is None:
        raise Refused('checkpoint-form')
    text, signatures = note
    lines = text.split('\n')
    root = decode_base64(lines[2]) if len(lines) == 4 else None
    size = decimal(lines[1]) if len(lines) == 4 else None
    if root is None or len(root) != 32 or size is None:
        raise Refused('checkpoint-form')
    origin = re.fullmatch(r'occasio/([0-9a-f]{16})/([A-Za-z0-9][A-Za-z0-9_-]{0,63})', lines[0])
    if origin is None:
        raise Refused('checkpoint-origin')
    return origin.group(1), origin.group(2), size, root, text, signatures


def check_checkpoint(data, trusted, witnesses=()):
    """{run_id, size, root, key_id, witnesses}, or Refused. `trusted` are raw Ed25519 keys."""
    identity, run_id, size, root, text, signatures = parse_checkpoint(data)
    key = next((key for key in trusted if key_id(key) == identity), None)
    if key is None:
        raise Refused('checkpoint-key')
    message, origin = text.encode('utf-8'), text.split('\n')[0]
    four = sha256(origin.encode('utf-8'), b'\n\x01', key)[:4]
    ours = [signature for name, signature in signatures if name == origin and signature[:4] == four]
    if not ours:
        raise Refused('checkpoint-key')
    if not all(verify_ed25519(key, signature[4:], message) for signature in ours):
        raise Refused('checkpoint-signature')
    cosigned = {}
    for name, signature in signatures:
        for known, four, raw in witnesses:
            if name != known or signature[:4] != four:
                continue
            time = int.from_bytes(signature[4:12], 'big')
            if len(signature) != 76 or time > SAFE or not verify_ed25519(raw, signature[12:], b'cosignature/v1\ntime %d\n' % time + message):
                raise Refused('cosignature')
            cosigned.setdefault((known, raw), time)
    seen = [{'name': name, 'time': time} for (name, _), time in cosigned.items()]
    return {'run_id': run_id, 'size': size, 'root': root, 'key_id': identity, 'witnesses': seen}


def root_of_path(leaf, index, size, path):
    """The root that a path leads to (RFC 9162, 2.1.3.2); None where it has another length than the tree asks for."""
    node, last = index, size - 1
    for one in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            leaf = sha256(b'\1', one, leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = sha256(b'\1', leaf, one)
        node, last = node >> 1, last >> 1
    return leaf if last == 0 else None


def parse_proof(data):
    head, blank, checkpoint = data.partition(b'\n\n')
    if not blank:
        return None
    try:
        lines = head.decode('utf-8').split('\n')
    except UnicodeDecodeError:
        return None
    if len(lines) < 3 or lines[0] != 'c2sp.org/tlog-proof@v1' or not lines[1].startswith('extra ') or not lines[2].startswith('index '):
        return None
    extra, index, path = decode_base64(lines[1][6:]), decimal(lines[2][6:]), [decode_base64(line) for line in lines[3:]]
    if extra is None or index is None or len(path) > 63 or any(one is None or len(one) != 32 for one in path):
        return None
    return extra, index, path, checkpoint


def check_proof(data, trusted, witnesses=()):
    proof = parse_proof(data)
    if proof is None:
        raise Refused('proof-form')
    extra, index, path, note = proof
    checkpoint = check_checkpoint(note, trusted, witnesses)
    lf = extra.find(b'\n')
    if lf < 0 or lf != len(extra) - 1:
        raise Refused('row-form')
    row, departures, stated = judge_line(extra[:-1], 0, None)
    if departures or row is None or stated is None:
        raise Refused('row-form')
    if row.get('run_id') != checkpoint['run_id']:
        raise Refused('row-run')
    if type(row.get('seq')) is not int or row['seq'] != index or index >= checkpoint['size']:
        raise Refused('row-index')
    if root_of_path(leaf_hash(stated), index, checkpoint['size'], path) != checkpoint['root']:
        raise Refused('proof-root')
    return {**checkpoint, 'row': index, 'content': row}


# ---- predicate (spec/predicate.md) ---------------------------------------------------------------------------------------------------


PREDICATE_TYPE = 'https://github.com/occasiolabs/occasio/spec/agent-attestation/v1'
AGENT_COUNTS = ('issued', 'decided', 'answered', 'superseded', 'interrupted', 'open', 'carried_in')


def pointer(path, name):
    return f"{path}/{str(name).replace('~', '~0').replace('/', '~1')}"


def shape_object(members):
    """members: name -> shape; `?` behind a name: may be absent. A shape is a function (value, path) -> departures."""
    table = {name.rstrip('?'): (shape, name.endswith('?')) for name, shape in members.items()}

    def check(value, path):
        if not isinstance(value, dict):
            return [('member-form', path)]
        found = []
        for name, (shape, optional) in table.items():
            if name in value:
                found += shape(value[name], pointer(path, name))
            elif not optional:
                found.append(('member-missing', pointer(path, name)))
        return found + [('member-unknown', pointer(path, name)) for name in value if name not in table]

    return check


def shape(form):
    return lambda value, path: [] if form(value) else [('member-form', path)]


def shape_list(item, most):
    def check(value, path):
        if not isinstance(value, list) or len(value) > most:
            return [('member-form', path)]
        return [departure for i, one in enumerate(value) for departure in item(one, pointer(path, i))]

    return check


def shape_or_null(inner):
    return lambda value, path: [] if value is None else inner(value, path)


TEXT, COUNT, FLAG, DIGEST, MOMENT = shape(is_text), shape(is_count), shape(is_flag), shape(is_hash), shape(is_time)
TEXT_OR_NULL = shape(or_null(is_text))
NAMED = shape_list(shape_object({'name': TEXT, 'requests': COUNT}), 100)
COVERAGE = shape_object({
    **{name: COUNT for name in AGENT_COUNTS}, 'undecided': COUNT, 'unissued': COUNT, 'cut_answers': COUNT,
    'agents': shape_list(shape_object({'agent_id': TEXT_OR_NULL, **{name: COUNT for name in AGENT_COUNTS}}), 100),
    'executed_upstream': NAMED, 'unscanned': NAMED, 'opaque': shape_object({'calls': COUNT, 'rows': shape_list(COUNT, 100)}),
})


def predicate_shape(later):
    def since(members):
        return {name + '?': one for name, one in members.items()} if later else {}

    return shape_object({
        'schema_version': shape(one_of('1.1.0' if later else '1.0.0')),
        'predicate_type': shape(one_of(PREDICATE_TYPE)),
        'subject': shape_object({'run_id': TEXT, 'git_commit?': TEXT_OR_NULL, 'files_changed?': shape_list(TEXT, 2000)}),
        'agent': shape_object({'platform': TEXT, 'model': TEXT_OR_NULL, 'session_id': TEXT_OR_NULL, 'started_at': MOMENT, 'ended_at': MOMENT, 'wall_time_s': COUNT}),
        'policy': shape_object({
            'file_hash': DIGEST, 'file_path': TEXT_OR_NULL, 'source': shape(one_of('user', 'default', 'unknown', 'inferred')), 'version': shape(or_null(is_count)),
            'rules_digest': shape_object({'deny_paths_count?': COUNT, 'deny_patterns_count?': COUNT, 'block_secrets?': FLAG}),
            **since({'preset': shape(PRESET), 'history': shape_list(shape_object({'seq': COUNT, 'file_hash': DIGEST}), 1000)}),
        }),
        'execution_summary': shape_object({
            'tool_calls': COUNT, 'local': COUNT, 'passed': COUNT, 'blocked': COUNT, 'transformed': COUNT, 'secrets_redacted': COUNT,
            'blocked_events': shape_list(shape_object({'tool': TEXT, 'target?': TEXT_OR_NULL, 'rule': TEXT, 'at_offset_s': COUNT}), 1000),
        }),
        'audit_chain': shape_object({
            'genesis': shape(one_of(ZEROS)), 'first_hash': shape(or_null(is_hash)), 'last_hash': shape(or_null(is_hash)), 'event_count': COUNT,
            'chain_file': TEXT, 'verifier_url': TEXT, **since({'tree_size': COUNT, 'root_hash': DIGEST, 'complete': FLAG}),
        }),
        **since({'coverage': COVERAGE, 'occasio': shape_object({'version': TEXT, 'core_sha256': DIGEST})}),
        'signature': shape_or_null(shape_object({'type': TEXT, 'identity': TEXT, 'rekor_entry?': TEXT, 'signed_at': TEXT, 'envelope_sha256?': TEXT})),
        'generated_at?': MOMENT,
    })


PREDICATES = {'1.0.0': predicate_shape(False), '1.1.0': predicate_shape(True)}


def predicate_departures(value):
    version = value.get('schema_version') if is_text(value.get('schema_version')) else None
    return PREDICATES.get(version, PREDICATES['1.1.0'])(value, '')


# ---- coverage and figures from rows (spec/coverage.md, spec/predicate.md) --------------------------------------------------------------


MAX_IDS, MAX_ID_UNITS, MAX_LISTED_NAMES, MAX_CONVERSATIONS = 1000000, 67108864, 100, 1000
REST = '\u2026'


def kept(known, name, most):
    """The name under which something is counted: its own, as long as there is room."""
    return name if name in known or len(known) < most else REST


def by_code_units(name):
    """The main agent, which has no name, stands first."""
    return (name is not None, utf16(name or ''))


class Coverage:
    def __init__(self):
        self.ids = {}
        self.units = 0
        self.agents = {}
        self.newest = {}
        self.cut_answers = 0
        self.upstream = {}
        self.unscanned = {}
        self.opaque = []
        self.opaque_calls = 0

    def one(self, tool_use_id, number, agent):
        """What is known of an id; at its first sight the row and the agent that named it."""
        known = self.ids.get(tool_use_id)
        if known is None:
            known = {'row': number, 'agent': agent, 'issued': None, 'whole': False, 'decided': False, 'answered': False, 'carried': False, 'conversation': None}
            self.units += len(utf16(tool_use_id)) // 2
            # Beyond the limit nothing is kept; too_many stays true.
            if len(self.ids) < MAX_IDS + 1 and self.units <= MAX_ID_UNITS + MAX_LINE:
                self.ids[tool_use_id] = known
        return known

    def agent(self, row):
        agent = kept(self.agents, taken(row, 'agent_id', is_text), MAX_LISTED_NAMES - 1)
        self.agents.setdefault(agent, dict.fromkeys(AGENT_COUNTS, 0))
        return agent

    def too_many(self):
        return len(self.ids) > MAX_IDS or self.units > MAX_ID_UNITS

    def row(self, number, row):
        kind = row.get('kind')
        tool_use_id = taken(row, 'tool_use_id', is_text)
        if kind == 'request':
            self.request(number, row)
        elif kind == 'tool_call':
            judged = row.get('judged')
            command = judged.get('shell') if is_object(judged) else None
            if is_object(command) and is_text(command.get('opaque')):
                self.opaque_calls += 1
                if len(self.opaque) < MAX_LISTED_NAMES:
                    self.opaque.append(number)
            if row.get('direction') == 'inbound' and tool_use_id is not None:
                self.one(tool_use_id, number, self.agent(row))['decided'] = True
        elif kind == 'tool_result' and tool_use_id is not None:
            known = self.one(tool_use_id, number, self.agent(row))
            known['answered'] = True
            known['carried'] = known['carried'] or row.get('carried_in') is True

    def request(self, number, row):
        agent = self.agent(row)
        conversation = kept(self.newest, (agent, taken(row, 'model', is_text)), MAX_CONVERSATIONS)
        self.newest.setdefault(conversation, -1)
        if row.get('event_type') == 'cloud_sent' and is_text(row.get('message_id')):
            self.newest[conversation] = number
            self.cut_answers += row.get('complete') is False
        for tool_use_id in dict.fromkeys(taken(row, 'tool_use_ids', is_texts) or []):
            known = self.one(tool_use_id, number, agent)
            if known['issued'] is None:
                known.update(issued=number, agent=agent, conversation=conversation)
            known['whole'] = known['whole'] or row.get('complete') is True
        for member, counts in (('executed_upstream', self.upstream), ('unscanned', self.unscanned)):
            for name in dict.fromkeys(taken(row, member, is_texts) or []):
                name = kept(counts, name, MAX_LISTED_NAMES - 1)
                counts[name] = counts.get(name, 0) + 1

    def fate(self, known):
        if known['issued'] is None:
            return None
        if known['answered']:
            return 'answered'
        if not known['whole']:
            return 'interrupted'
        return 'superseded' if self.newest.get(known['conversation'], -1) > known['issued'] else 'open'

    def gap(self, known):
        if known['issued'] is not None and not known['decided'] and (known['whole'] or known['answered']):
            return 'undecided'
        if known['answered'] and known['issued'] is None and not known['carried']:
            return 'unissued'
        return None

    def figures(self):
        """None where there are too many ids."""
        if self.too_many():
            return None
        total = dict.fromkeys(AGENT_COUNTS, 0)
        agents = {agent: dict(counts) for agent, counts in self.agents.items()}
        gaps = {'undecided': 0, 'unissued': 0}
        for known in self.ids.values():
            told = [self.fate(known)]
            told += ['issued'] if known['issued'] is not None else []
            told += ['decided'] if known['decided'] else []
            told += ['carried_in'] if known['carried'] and known['issued'] is None else []
            for name in told:
                if name is not None:
                    total[name] += 1
                    agents[known['agent']][name] += 1
            gap = self.gap(known)
            if gap is not None:
                gaps[gap] += 1
        upstream, unscanned = ([{'name': name, 'requests': counts[name]} for name in sorted(counts, key=utf16)] for counts in (self.upstream, self.unscanned))
        return {
            **total, **gaps, 'cut_answers': self.cut_answers, 'agents': [{'agent_id': agent, **agents[agent]} for agent in sorted(agents, key=by_code_units)],
            'executed_upstream': upstream, 'unscanned': unscanned, 'opaque': {'calls': self.opaque_calls, 'rows': self.opaque},
        }

    def first_gaps(self):
        """(code, number of the row that first told of the id): the first of each."""
        for code in ('undecided', 'unissued'):
            rows = [known['row'] for known in self.ids.values() if self.gap(known) == code]
            if rows:
                yield code, min(rows)


class Derivation:
    """Everything that the rows say of the members of a predicate, and what the checks of policy and checkout need."""

    def __init__(self):
        self.coverage = Coverage()
        self.starts = {}
        self.first = None
        self.last = {}
        self.rows = 0
        self.git = None
        self.git_faults = []
        self.models = {}
        self.policy = None
        self.history = []
        self.actions = dict.fromkeys(('LOCAL', 'PASS', 'BLOCK', 'TRANSFORM'), 0)
        self.calls = 0
        self.secrets = 0
        self.blocked = []
        self.complete = False

    def row(self, number, start, row):
        if row is None:
            return
        self.starts[number] = start
        self.first = row if self.first is None else self.first
        self.last, self.rows = row, number + 1
        kind = row.get('kind')
        self.coverage.row(number, row)
        if kind == 'tool_call':
            self.tool_call(row)
        elif kind == 'request' and row.get('event_type') == 'cloud_sent' and is_text(row.get('model')):
            if row['model'] in self.models or len(self.models) < 100:
                self.models[row['model']] = self.models.get(row['model'], 0) + 1
        elif kind == 'policy_loaded':
            inputs = taken(row, 'tool_inputs', is_object) or {}
            if self.policy is None:
                self.policy = (inputs, row)
            if is_hash(inputs.get('policy_hash')) and len(self.history) < 1000:
                self.history.append({'seq': number, 'file_hash': inputs['policy_hash']})
        elif kind == 'git_state':
            self.git_state(number, start, taken(row, 'tool_inputs', is_object))
        elif kind == 'run_end':
            self.complete = True

    def git_state(self, number, start, state):
        if state is None:
            return
        self.git = state
        if state.get('is_repo') is not True:
            return
        try:
            digest = sha256_hex(canonical({name: value for name, value in state.items() if name not in ('phase', 'digest')}))
        except Fault:
            digest = None
        if digest is None or state.get('digest') != digest:
            if len(self.git_faults) < MAX_LISTED:
                self.git_faults.append((number, start))

    def tool_call(self, row):
        self.calls += 1
        action = row.get('action')
        if is_text(action) and action in self.actions:
            self.actions[action] += 1
        self.secrets += taken(row, 'secrets_redacted', is_count) or 0
        if action == 'BLOCK' and len(self.blocked) < 1000:
            inputs = taken(row, 'tool_inputs', is_object) or {}
            target = next((inputs[name] for name in ('path', 'pattern', 'glob', 'url') if is_text(inputs.get(name))), None)
            self.blocked.append({'tool': row.get('tool_name') if is_text(row.get('tool_name')) else '', 'target': target,
                                 'rule': row.get('reason') if is_text(row.get('reason')) else '', 'at_offset_s': seconds_between((self.first or {}).get('ts'), row.get('ts'))})

    def summary(self):
        return {'tool_calls': self.calls, 'local': self.actions['LOCAL'], 'passed': self.actions['PASS'], 'blocked': self.actions['BLOCK'],
                'transformed': self.actions['TRANSFORM'], 'secrets_redacted': self.secrets}

    def members(self, walked):
        """The derived members by their JSON pointer; what is absent is left out."""
        first, last = self.first or {}, self.last
        inputs, policy = self.policy or ({}, {})
        model = max(self.models, key=self.models.get) if self.models else None
        members = {
            '/subject/run_id': taken(first, 'run_id', is_run_id) or '', '/agent/platform': taken(first, 'agent', AGENT) or 'unknown', '/agent/model': model,
            '/agent/session_id': taken(first, 'session_id', is_text), '/agent/started_at': taken(first, 'ts', is_time), '/agent/ended_at': taken(last, 'ts', is_time),
            '/agent/wall_time_s': seconds_between(first.get('ts'), last.get('ts')), '/policy/file_hash': taken(inputs, 'policy_hash', is_hash) or ZEROS,
            '/policy/file_path': taken(inputs, 'policy_path', is_text), '/policy/source': taken(policy, 'policy_source', SOURCE) or 'unknown',
            '/policy/version': taken(inputs, 'version', is_count), '/policy/preset': taken(first, 'preset', PRESET), '/policy/history': self.history,
            '/execution_summary/blocked_events': self.blocked, '/audit_chain/genesis': ZEROS, '/audit_chain/first_hash': taken(first, 'hash', is_hash),
            '/audit_chain/last_hash': taken(last, 'hash', is_hash), '/audit_chain/event_count': self.rows, '/audit_chain/complete': self.complete,
        }
        members.update({f'/execution_summary/{name}': value for name, value in self.summary().items()})
        if walked['root'] is not None and walked['rows'] > 0:
            members['/audit_chain/tree_size'], members['/audit_chain/root_hash'] = walked['rows'], walked['root']
        if is_text(first.get('version')) and is_hash(first.get('core_sha256')):
            members['/occasio'] = {'version': first['version'], 'core_sha256': first['core_sha256']}
        git = self.git or {}
        if git.get('is_repo') is True and is_text(git.get('head')):
            files = (taken(git, 'changed_files', is_texts) or []) + (taken(git, 'untracked_files', is_texts) or [])
            members['/subject/git_commit'] = git['head']
            members['/subject/files_changed'] = sorted(set(files), key=utf16)[:2000]
        coverage = self.coverage.figures()
        members.update({f'/coverage/{name}': value for name, value in (coverage or {}).items()})
        return members


def seconds_between(start, end):
    a, b = milliseconds(start), milliseconds(end)
    return 0 if a is None or b is None or b < a else (b - a) // 1000


ASSERTED = frozenset(['/policy/rules_digest', '/audit_chain/chain_file', '/audit_chain/verifier_url'])
COMPARED = ('subject', 'agent', 'policy', 'execution_summary', 'audit_chain', 'coverage')


def figure_differences(attestation, members):
    differ = []
    for section, value in attestation.items():
        if section == 'occasio':
            if not same(value, members.get('/occasio')):
                differ.append('/occasio')
        elif section in COMPARED:
            for name, one in value.items():
                member = pointer(pointer('', section), name)
                if member not in ASSERTED and not same(one, members.get(member)):
                    differ.append(member)
    return differ


# ---- statement and envelope (spec/statement.md) ----------------------------------------------------------------------------------------


STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
PAYLOAD_TYPE = 'application/vnd.in-toto+json'
SUBJECT = shape_object({'name': TEXT, 'digest': shape_object({'sha256': DIGEST})})


def parse_statement(data):
    """The statement's value and None, or None and the first departure (code, member)."""
    try:
        value = parse_json(data)
    except Fault:
        return None, ('statement-json', None)
    if not isinstance(value, dict):
        return None, ('statement-json', None)
    if value.get('_type') != STATEMENT_TYPE:
        return None, ('statement-type', '/_type')
    if value.get('predicateType') != PREDICATE_TYPE:
        return None, ('predicate-type', '/predicateType')
    subject = value.get('subject')
    if not isinstance(subject, list) or len(subject) != 1:
        return None, ('subject-count', '/subject')
    found = SUBJECT(subject[0], '/subject/0')
    found += shape_object({'_type': TEXT, 'predicateType': TEXT, 'subject': lambda value, path: [], 'predicate': shape(is_object)})(value, '')
    return (None, found[0]) if found else (value, None)


MEDIA_TYPE = re.compile(r'application/vnd\.dev\.sigstore\.bundle(?:\.v0\.[0-9]+\+json|\+json;version=0\.[0-9]+)')
ENVELOPE = shape_object({'payload': TEXT, 'payloadType': TEXT, 'signatures': shape_list(shape_object({'sig': TEXT, 'keyid?': TEXT}), 64)})


def parse_envelope(data):
    """{payload, type, signature, key}, or Refused."""
    try:
        bundle = parse_json(data)
    except Fault:
        raise Refused('signature-json') from None
    if not isinstance(bundle, dict):
        raise Refused('signature-json')
    material, envelope = bundle.get('verificationMaterial'), bundle.get('dsseEnvelope')
    if not is_text(bundle.get('mediaType')) or not MEDIA_TYPE.fullmatch(bundle['mediaType']) or not is_object(material) or not is_object(envelope):
        raise Refused('signature-form')
    signatures = envelope.get('signatures')
    if isinstance(signatures, list) and len(signatures) != 1:
        raise Refused('signature-count')
    if ENVELOPE(envelope, ''):
        raise Refused('signature-form')
    payload, signature = decode_base64(envelope['payload']), decode_base64(signatures[0]['sig'])
    if payload is None or not signature:
        raise Refused('signature-base64')
    by_key = is_object(material.get('publicKey'))
    by_certificate = is_object(material.get('certificate')) or is_object(material.get('x509CertificateChain'))
    if by_key == by_certificate:
        raise Refused('signature-form')
    return {'payload': payload, 'type': envelope['payloadType'], 'signature': signature, 'by_key': by_key}


def pae(payload_type, payload):
    name = payload_type.encode('utf-8')
    return b'DSSEv1 %d %s %d ' % (len(name), name, len(payload)) + payload


# ---- bundle (spec/bundle.md) -----------------------------------------------------------------------------------------------------------


def object_items(value, path):
    if not isinstance(value, list):
        return [('member-form', path)]
    return [('member-form', pointer(path, i)) for i, one in enumerate(value) if not isinstance(one, dict)]


POLICIES = shape_list(shape_object({'text': TEXT}), MAX_POLICIES)
CHECKPOINTS = shape_list(TEXT, 64)
BUNDLE = shape_object({
    'schema': shape(one_of('occasio-bundle/v1')), 'run_id': TEXT, 'attestation': shape(is_object), 'chain_slice': object_items,
    'policy_snapshot': shape_or_null(shape_object({'text': TEXT})), 'policies?': POLICIES, 'checkpoints?': CHECKPOINTS,
    'sigstore_bundle?': shape(or_null(is_object)),
    'manifest': shape_object({'attestation_sha256': DIGEST, 'chain_slice_sha256': DIGEST, 'policy_sha256': shape(or_null(is_hash)), 'bundle_digest': DIGEST}),
})
SIDECAR = shape_object({'schema': shape(one_of('occasio-sidecar/v1')), 'run_id': TEXT, 'policies': POLICIES, 'checkpoints': CHECKPOINTS})


def carried(value):
    """What a bundle and a sidecar may both bring."""
    policies = [one['text'].encode('utf-8') for one in value.get('policies', [])]
    return {'run_id': value['run_id'], 'policies': policies, 'checkpoints': value.get('checkpoints', [])}


def parse_bundle(data, reader, value):
    """The parts, and None; or None and the departures of its shape."""
    departures = BUNDLE(value, '')
    if departures:
        return None, departures
    raw = {name: data[start:end] for name, (start, end) in reader.spans.items()}
    text = value['policy_snapshot']['text'].encode('utf-8') if value['policy_snapshot'] is not None else None
    manifest = value['manifest']
    policy_digest = sha256_hex(text) if text is not None else None
    digest = print_json({'schema': value['schema'], 'run_id': value['run_id'], 'attestation_sha256': manifest['attestation_sha256'],
                         'chain_slice_sha256': manifest['chain_slice_sha256'], 'policy_sha256': manifest['policy_sha256']}, False)
    faults = [code for code, holds in (
        ('attestation-digest', sha256_hex(raw['attestation']) == manifest['attestation_sha256']),
        ('slice-digest', sha256_hex(raw['chain_slice']) == manifest['chain_slice_sha256']),
        ('policy-digest', policy_digest == manifest['policy_sha256']),
        ('bundle-digest', sha256_hex(digest.encode('utf-8')) == manifest['bundle_digest']),
    ) if not holds]
    rows = b''.join(data[start:end] + b'\n' for start, end in reader.items.get('chain_slice', []))
    return {
        **carried(value), 'attestation': value['attestation'], 'rows': rows, 'policy': text, 'manifest': faults,
        'signature': raw['sigstore_bundle'] if value.get('sigstore_bundle') is not None else None,
    }, None


# ---- the verdict on evidence (spec/verify.md) ------------------------------------------------------------------------------------------


REQUIREMENTS = ('coverage', 'checkpoint', 'signature', 'policy', 'git')


class Evidence:
    """What was handed over: parts that are missing are None."""

    def __init__(self, kind, data=None, sidecar=None, chain=None, policy=None, run_id=None, beside=None):
        self.kind = kind
        self.data = data
        self.sidecar = sidecar
        self.beside = beside
        self.chain = chain
        self.policy = policy
        self.run_id = run_id


def at_member(member):
    return {'member': member}


def failures(check, departures):
    return [finding(check, 'failed', code, at_member(member) if member is not None else None) for code, member in departures[:MAX_LISTED]]


def read_document(data):
    """The object with the reader that knows its places, and None; or None, None and the finding."""
    reader = Reader(data, JCS)
    try:
        value = reader.read()
    except Fault as fault:
        return None, None, finding('document', 'failed', fault.code, {'offset': fault.offset})
    if not isinstance(value, dict):
        return None, None, finding('document', 'failed', 'not-object', {'offset': 0})
    return value, reader, None


def open_attestation(evidence, none):
    value, _, fault = read_document(evidence.data)
    checks = [] if fault is None else [fault]
    parts = {**none, 'attestation': value, 'signature': evidence.sidecar, 'rows': evidence.chain}
    if evidence.beside is not None:
        more, _, fault = read_document(evidence.beside)
        checks += [fault] if more is None else failures('document', SIDECAR(more, ''))
        if more is not None and not SIDECAR(more, ''):
            parts.update(carried(more))
    return checks or [finding('document', 'ok')], parts


def open_document(evidence):
    """Checks 1 and 2, and the parts."""
    none = {'attestation': None, 'run_id': evidence.run_id, 'rows': None, 'policy': evidence.policy, 'policies': [], 'checkpoints': [], 'signature': None}
    not_a_bundle = [finding('manifest', 'not checked', 'no-manifest')]
    if evidence.kind == 'run':
        return [finding('document', 'ok')] + not_a_bundle, {**none, 'rows': evidence.chain}
    if evidence.kind == 'attestation':
        checks, parts = open_attestation(evidence, none)
        return checks + not_a_bundle, parts
    value, reader, fault = read_document(evidence.data)
    if value is None:
        return [fault] + not_a_bundle, none
    if value.get('schema') != 'occasio-bundle/v1':
        return [finding('document', 'failed', 'unknown-document', at_member('/schema'))] + not_a_bundle, none
    parts, departures = parse_bundle(evidence.data, reader, value)
    if parts is None:
        return failures('document', departures) + not_a_bundle, none
    manifest = [finding('manifest', 'failed', code) for code in parts.pop('manifest')] or [finding('manifest', 'ok')]
    return [finding('document', 'ok')] + manifest, parts


def check_signature(signature, keys, allow_unsigned):
    """Checks 3 and 4, the envelope or None, and the signer or None."""
    if signature is None:
        return [finding('signature', 'not checked' if allow_unsigned else 'failed', 'unsigned'), finding('identity', 'not checked', 'unsigned')], None, None
    identity = finding('identity', 'not checked')
    try:
        envelope = parse_envelope(signature)
    except Refused as refused:
        return [finding('signature', 'failed', refused.code), identity], None, None
    if not envelope['by_key']:
        return [finding('signature', 'not checked', 'signature-unsupported'), identity], envelope, None
    if not keys:
        return [finding('signature', 'failed', 'no-trusted-key'), identity], envelope, None
    message = pae(envelope['type'], envelope['payload'])
    key = next((key for key in keys if verify_signature(key, envelope['signature'], message)), None)
    if key is None:
        return [finding('signature', 'failed', 'signature-mismatch'), identity], envelope, None
    return [finding('signature', 'ok'), finding('identity', 'ok')], envelope, {'kind': 'key', 'identity': key_id(key[1]), 'issuer': None}


def check_statement(envelope, unsigned, attestation):
    if envelope is None:
        return [finding('statement', 'not checked', 'unsigned' if unsigned else None)]
    if envelope['type'] != PAYLOAD_TYPE:
        return [finding('statement', 'failed', 'payload-type')]
    statement, departure = parse_statement(envelope['payload'])
    if statement is None:
        return failures('statement', [departure])
    predicate, subject = statement['predicate'], statement['subject'][0]
    run = predicate['subject'].get('run_id') if is_object(predicate.get('subject')) else None
    head = predicate['audit_chain'].get('last_hash') if is_object(predicate.get('audit_chain')) else None
    found = []
    if not is_text(run) or subject['name'] != 'occasio:run:' + run:
        found.append(('subject-name', '/subject/0/name'))
    if subject['digest']['sha256'] != head:
        found.append(('subject-digest', '/subject/0/digest/sha256'))
    if attestation is not None:
        for name in sorted(set(predicate) | set(attestation), key=utf16):
            if name != 'signature' and not (name in predicate and name in attestation and same(predicate[name], attestation[name])):
                found.append(('predicate-differs', pointer('', name)))
    return failures('statement', found) or [finding('statement', 'ok')]


def first_rows(data, most):
    """The first `most` lines, and whether bytes stand behind them."""
    at = 0
    for _ in range(most):
        lf = data.find(b'\n', at)
        if lf < 0:
            return data, False
        at = lf + 1
    return data[:at], at < len(data)


def check_anchor(attestation, run, walked, more):
    chain = attestation['audit_chain']
    found = [(code, member) for code, member, claimed, is_so in (
        ('anchor-run', '/subject/run_id', attestation['subject']['run_id'], run.run_id),
        ('anchor-first', '/audit_chain/first_hash', chain['first_hash'], walked['first_hash']),
        ('anchor-rows', '/audit_chain/event_count', chain['event_count'], walked['rows']),
        ('anchor-last', '/audit_chain/last_hash', chain['last_hash'], walked['last_hash']),
    ) if claimed != is_so]
    return failures('anchor', found) or [finding('anchor', 'ok', 'rows-after' if more else None)]


def unused_policies(policies, run):
    """Texts that are shown as policies of this run, and that no row names."""
    return failures('policy', [('policy-text-unused', f'/policies/{i}') for i, text in enumerate(policies) if sha256_hex(text) not in run.policies])


def check_policy(derived, attestation, text, policies, run):
    claimed = attestation['policy'] if attestation is not None else {}
    if derived is None and attestation is None:
        return [finding('policy', 'not checked', 'no-rows')]
    if derived is None:
        named, preset, is_named = claimed['file_hash'], claimed.get('preset'), True
    else:
        named = taken((derived.policy or ({}, {}))[0], 'policy_hash', is_hash) or ZEROS
        preset, is_named = taken(derived.first or {}, 'preset', PRESET) or claimed.get('preset'), bool(derived.history)
    if text is None:
        text = next((one for one in policies if sha256_hex(one) == named), None)
    found = [finding('policy', 'failed', 'policy-text-differs')] if text is not None and sha256_hex(text) != named else []
    found += unused_policies(policies, run) if derived is not None else []
    if found:
        pass
    elif text is not None:
        found = [finding('policy', 'ok')]
    elif named == ZEROS and is_named:
        found = [finding('policy', 'ok', 'policy-built-in')]
    else:
        found = [finding('policy', 'not checked', 'no-policy-text')]
    return found + ([finding('policy', 'ok', 'policy-not-enforced')] if preset == 'off' else [])


def check_coverage(derived, required):
    if derived.coverage.too_many():
        return [finding('coverage', 'not checked', 'too-many-ids')]
    result = 'failed' if required else 'ok'
    return [finding('coverage', result, code, at_row(row, derived.starts[row])) for code, row in derived.coverage.first_gaps()] or [finding('coverage', 'ok')]


def check_git(derived):
    if derived.git is None:
        return [finding('git', 'not checked', 'no-git-state')]
    if derived.git_faults:
        return [finding('git', 'failed', 'git-digest', at_row(*place)) for place in derived.git_faults]
    if derived.git.get('is_repo') is not True:
        return [finding('git', 'not checked', 'no-repository')]
    return [finding('git', 'ok')]


STATED_HASH = re.compile(rb'"([0-9a-f]{64})"\}')


def roots_at(data, sizes):
    """Roots over so many of the first rows; a row counts with the hash that its line ends with. None where one states none."""
    tree, rows, at, roots = Tree(), 0, 0, {}
    while True:
        if rows in sizes:
            roots[rows] = tree.root()
        lf = data.find(b'\n', at)
        if lf < 0:
            return roots
        stated = STATED_HASH.fullmatch(data, max(at, lf - 67), lf) if lf - at <= MAX_LINE else None
        if stated is None:
            return None
        tree.add(stated.group(1).decode('ascii'))
        rows, at = rows + 1, lf + 1


def judge_checkpoint(data, position, keys, witnesses, held):
    """(checkpoint, failure): both None where a key that nobody here trusts signed what the evidence brings, which says nothing."""
    try:
        identity = parse_checkpoint(data)[0]
        # What the verifier brings himself must hold.
        if not held and all(key_id(key) != identity for key in keys):
            return None, None
        checkpoint = check_checkpoint(data, keys, witnesses)
    except Refused as refused:
        return None, finding('checkpoint', 'failed', refused.code, position)
    return {**checkpoint, 'outside': held or bool(checkpoint['witnesses']), 'position': position}, None


def check_checkpoints(notes, held, keys, witnesses, data, walked, run_id):
    """Check 19, and how many rows are vouched for; None where there are no rows."""
    judged = [judge_checkpoint(note.encode('utf-8'), at_member(f'/checkpoints/{i}'), keys, witnesses, False) for i, note in enumerate(notes)]
    judged += [judge_checkpoint(note, None, keys, witnesses, True) for note in held]
    found = [failure for _, failure in judged if failure is not None]
    signed = [checkpoint for checkpoint, _ in judged if checkpoint is not None]
    covered = {'signed': 0, 'outside': 0} if walked is not None else None
    if not judged:
        return [finding('checkpoint', 'not checked', 'no-checkpoint')], covered
    if walked is None:
        return found or [finding('checkpoint', 'not checked', 'no-rows')], None
    roots = roots_at(data, {one['size'] for one in signed}) if signed else {}
    for one in signed:
        code = ('checkpoint-origin' if one['run_id'] != run_id else 'checkpoint-rows' if roots is not None and one['size'] not in roots
                else 'checkpoint-root' if roots is None or roots[one['size']] != one['root'] else None)
        if code is not None:
            found.append(finding('checkpoint', 'failed', code, one['position']))
            continue
        covered['signed'] = max(covered['signed'], one['size'])
        covered['outside'] = max(covered['outside'], one['size'] if one['outside'] else 0)
    if found:
        return found, covered
    if not signed:
        return [finding('checkpoint', 'not checked', 'checkpoint-key')], covered
    told = ['rows-uncovered'] if covered['signed'] < walked['rows'] else []
    told += ['no-outside'] if witnesses and covered['outside'] == 0 else []
    return [finding('checkpoint', 'ok', code) for code in told or [None]], covered


# Notes that a requirement does not go by.
WEAK = ('policy-not-enforced', 'undecided', 'unissued', 'rows-uncovered', 'no-outside')


def check_required(checks, require, unsigned_is_fine):
    def holds(check):
        mine = [one for one in checks if one['check'] == check]
        return all(one['result'] == 'ok' and one['code'] not in WEAK for one in mine)

    missing = []
    if not (unsigned_is_fine and 'signature' not in require) and not all(holds(check) for check in ('signature', 'identity', 'statement')):
        missing.append('signature')
    if any(one['check'] == 'form' and one['code'] == 'no-rows' for one in checks):
        missing.append('rows')
    missing += [name for name in dict.fromkeys(require) if name != 'signature' and not holds(name)]
    return [finding('required', 'failed', 'requirement-not-met', at_member('/' + name)) for name in missing] or [finding('required', 'ok')]


def verify_evidence(evidence, keys=(), require=(), allow_unsigned=False, witnesses=(), held=()):
    """`occasio-verdict/v1`. `held`: checkpoints that the verifier kept, as bytes."""
    checks, parts = open_document(evidence)
    signed, envelope, signer = check_signature(parts['signature'], keys, allow_unsigned)
    unsigned = parts['signature'] is None
    checks += signed + check_statement(envelope, unsigned, parts['attestation'])
    attestation = parts['attestation']
    departures = predicate_departures(attestation) if attestation is not None else None
    if departures is None:
        checks.append(finding('predicate', 'not checked', 'no-attestation'))
    else:
        checks += failures('predicate', departures) or [finding('predicate', 'ok')]
    attestation = attestation if departures == [] else None

    data, more = parts['rows'], False
    if data is not None and evidence.kind == 'attestation' and attestation is not None:
        data, more = first_rows(data, attestation['audit_chain']['event_count'])
    run, derived, walked = RunChecks(parts['run_id']), Derivation(), None
    if data is None:
        checks += [finding(check, 'not checked', 'no-rows') for check in ('form', 'chain', 'run', 'members', 'time', 'end')]
    else:
        def see(number, start, row):
            run.row(number, start, row)
            derived.row(number, start, row)

        walked = walk(data, see)
        checks += row_findings(walked, run)
    if attestation is None or walked is None:
        why = 'no-attestation' if attestation is None else 'no-rows'
        checks += [finding('anchor', 'not checked', why), finding('figures', 'not checked', why)]
    else:
        checks += check_anchor(attestation, run, walked, more)
        differ = [('figure-differs', member) for member in figure_differences(attestation, derived.members(walked))]
        checks += failures('figures', differ) or [finding('figures', 'ok')]
    if walked is None:
        checks += check_policy(None, attestation, parts['policy'], parts['policies'], run)
        checks += [finding(check, 'not checked', 'no-rows') for check in ('decisions', 'coverage', 'git')]
    else:
        checks += check_policy(derived, attestation, parts['policy'], parts['policies'], run)
        checks.append(finding('decisions', 'not checked', 'no-replay'))
        checks += check_coverage(derived, 'coverage' in require) + check_git(derived)
    device_keys = [raw for kind, raw in keys if kind == 'ed25519']
    checkpoints, covered = check_checkpoints(parts['checkpoints'], held, device_keys, witnesses, data, walked, run.run_id)
    checks += checkpoints
    checks += check_required(checks, require, allow_unsigned and unsigned)

    failed = sum(one['result'] == 'failed' for one in checks)
    good = all(one['result'] == 'ok' for one in checks if one['check'] in ('signature', 'identity', 'statement'))
    word = 'failed' if failed else 'verified' if good else 'open' if evidence.kind == 'run' and not run.ended else 'self-consistent'
    seen = walked or {'rows': 0, 'first_hash': None, 'last_hash': None, 'root': None}
    return {
        'verdict': 'occasio-verdict/v1', 'evidence': evidence.kind, 'word': word, 'run_id': run.run_id if walked else None, 'rows': seen['rows'], 'first_hash': seen['first_hash'],
        'last_hash': seen['last_hash'], 'root_hash': seen['root'], 'signer': signer, 'preset': taken(derived.first or {}, 'preset', PRESET),
        'summary': derived.summary() if walked else None, 'coverage': derived.coverage.figures() if walked else None, 'covered': covered,
        'faults': failed, 'checks': checks,
    }


# ---- the command -----------------------------------------------------------------------------------------------------------------------


class WrongUse(Exception):
    """Wrong use, or input that cannot be read: exit 2."""


USAGE = 'Use: python3 occasio_verify.py FILE [--key PEM] [--chain FILE] [--witness-key KEY] [--checkpoint FILE] [--allow-unsigned] [--require LIST] [--json]'
VALUED = ('--key', '--chain', '--witness-key', '--checkpoint', '--require')


def printable(value):
    """Evidence is attacker-controlled: nothing of it reaches a terminal that could steer it, and it stays on its line."""
    text = ''.join(char if char.isprintable() else f'\\u{{{ord(char):x}}}' for char in str(value))
    return text if len(text) <= 500 else text[:499] + '\u2026'


def read_file(path, most):
    try:
        with open(path, 'rb') as file:
            data = file.read(most + 1)
    except OSError as error:
        raise WrongUse(f'Cannot read "{printable(path)}": {printable(error.strerror)}.') from None
    if len(data) > most:
        raise WrongUse(f'Cannot read "{printable(path)}": it is too large, want at most {most} bytes.')
    return data


def parse_arguments(words):
    given, files = {'flags': set()}, []
    at = 0
    while at < len(words):
        word = words[at]
        if word in ('--allow-unsigned', '--json', '--help'):
            given['flags'].add(word)
        elif word in VALUED:
            if word in given or at + 1 >= len(words):
                raise WrongUse(f'Cannot take "{word}": {"it stands twice" if word in given else "no value follows"}. {USAGE}')
            at += 1
            given[word] = words[at]
        elif word.startswith('-') and word != '-':
            raise WrongUse(f'Cannot take "{printable(word)}": no such option. {USAGE}')
        else:
            files.append(word)
        at += 1
    if len(files) != 1 and '--help' not in given['flags']:
        raise WrongUse(f'Cannot verify: {len(files)} files are given, want one. {USAGE}')
    return given, files


def is_run(data):
    row = lenient(data[:MAX_LINE].split(b'\n', 1)[0])
    return row is not None and 'kind' in row and ('prev_hash' in row or 'hash' in row)


def evidence_of(path, data, chain):
    if is_run(data):
        if chain is not None:
            raise WrongUse('Cannot take "--chain": it belongs to an attestation, and this is a run.')
        name = os.path.basename(path)
        name = name[:-len('.jsonl')] if name.endswith('.jsonl') else ''
        return Evidence('run', chain=data, run_id=name if re.fullmatch('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', name) else None)
    try:
        value = parse_json(data)
    except Fault:
        value = None
    if is_object(value) and 'schema' not in value and is_text(value.get('predicate_type')):
        sidecar, beside = (read_file(name, MAX_DOCUMENT) if os.path.exists(name) else None for name in (path + '.sigstore.json', path + '.occasio.json'))
        return Evidence('attestation', data=data, sidecar=sidecar, beside=beside, chain=read_file(chain, MAX_FILE) if chain is not None else None)
    if chain is not None:
        raise WrongUse('Cannot take "--chain": it belongs to an attestation.')
    if is_object(value) and is_text(value.get('schema')) and value['schema'].startswith('occasio-bundle/'):
        return Evidence('bundle', data=data)
    raise WrongUse(f'Cannot verify "{printable(path)}": it is neither a bundle, an attestation, a run nor a proof.')


def proof_verdict(data, keys, witness):
    try:
        proof = check_proof(data, [raw for kind, raw in keys if kind == 'ed25519'], [witness] if witness else [])
        if witness and not proof['witnesses']:
            raise Refused('not-witnessed')
    except Refused as refused:
        return {'verdict': 'occasio-proof-verdict/v1', 'word': 'failed', 'code': refused.code}
    return {'verdict': 'occasio-proof-verdict/v1', 'word': 'verified', 'code': None, 'run_id': proof['run_id'], 'row': proof['row'], 'rows': proof['size'],
            'key_id': proof['key_id'], 'witnesses': proof['witnesses'], 'content': proof['content']}


def lines_of(path, verdict):
    """The verdict for a person, a line a finding."""
    if verdict['verdict'] == 'occasio-proof-verdict/v1':
        if verdict['code'] is not None:
            return [f'{printable(path)}: failed [{verdict["code"]}]']
        return [f'{printable(path)}: verified', f'row {verdict["row"]} of {verdict["rows"]} of run {printable(verdict["run_id"])}, signed by key {verdict["key_id"]}']
    lines = [f'{printable(path)}: {verdict["word"]}', f'{verdict["rows"]} rows of run {printable(verdict["run_id"])}']
    if verdict['signer'] is not None:
        lines.append(f'signed by key {verdict["signer"]["identity"]}')
    for one in verdict['checks']:
        place = ' '.join(f'{name} {printable(value)}' for name, value in (one['position'] or {}).items())
        code = f' [{one["code"]}]' if one['code'] else ''
        lines.append(f'{one["check"]:<11} {one["result"]}{code}{" at " + place if place else ""}')
    return lines


def main(words):
    given, files = parse_arguments(words)
    if '--help' in given['flags']:
        return 0, __doc__ or ''
    path = files[0]
    require = [word for word in given.get('--require', '').split(',') if word]
    unknown = next((word for word in require if word not in REQUIREMENTS), None)
    if unknown is not None:
        raise WrongUse(f'Cannot require "{printable(unknown)}": no such requirement. Use {", ".join(REQUIREMENTS)}.')
    keys = []
    if '--key' in given:
        keys = parse_public_keys(read_file(given['--key'], 1 << 16).decode('utf-8', 'replace'))
        if keys is None:
            raise WrongUse(f'Cannot trust "{printable(given["--key"])}": it holds no public key, or one that is neither Ed25519 nor P-256.')
    witness = None
    if '--witness-key' in given:
        witness = parse_witness_key(given['--witness-key'])
        if witness is None:
            raise WrongUse('Cannot trust "--witness-key": no key of a witness, want <name>+<8 hex>+<base64>.')
    held = [read_file(given['--checkpoint'], MAX_NOTE)] if '--checkpoint' in given else []
    data = read_file(path, MAX_FILE)
    if data.startswith(b'c2sp.org/tlog-proof'):
        verdict = proof_verdict(data, keys, witness)
    else:
        verdict = verify_evidence(evidence_of(path, data, given.get('--chain')), keys, require, '--allow-unsigned' in given['flags'], [witness] if witness else [], held)
    shown = json_text(verdict) if '--json' in given['flags'] else '\n'.join(lines_of(path, verdict)) + '\n'
    return 1 if verdict['word'] == 'failed' else 0, shown


def json_text(verdict):
    """Canonical; where a member of a row that is in no form holds a lone surrogate, that is written as an escape."""
    try:
        return canonical(verdict).decode('utf-8') + '\n'
    except Fault:
        return json.dumps(verdict, separators=(',', ':'), sort_keys=True) + '\n'


if __name__ == '__main__':
    try:
        status, shown = main(sys.argv[1:])
        sys.stdout.buffer.write(shown.encode('utf-8', 'backslashreplace'))
        sys.stdout.buffer.flush()
    except WrongUse as wrong:
        sys.stderr.buffer.write((str(wrong) + '\n').encode('utf-8', 'backslashreplace'))
        status = 2
    except BrokenPipeError:
        os._exit(0)
    sys.exit(status)
