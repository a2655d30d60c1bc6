/** A policy shown to people. */
import { describe, expect, it } from 'vitest';
import { DEFAULTS, describePolicy, diffPolicy } from '../../host/policy/index.ts';
import { document } from './given.ts';

describe('describePolicy', () => {
  it('has_a_line_for_every_member', () => {
    const members = describePolicy(DEFAULTS).map((m) => m.member);
    for (const member of Object.keys(DEFAULTS)) expect(members.some((m) => m === member || m.startsWith(`${member}.`) || m.startsWith(`${member}[`))).toBe(true);
    expect(describePolicy(DEFAULTS).every((m) => m.value !== '')).toBe(true);
  });

  it('tells_an_empty_allow_list_from_none', () => {
    const value = (text: string): string | undefined => describePolicy(document(text)).find((m) => m.member === 'allow_paths')?.value;
    expect(value('version: 1')).toBe('every path not denied');
    expect(value('version: 1\nallow_paths: []')).toBe('none');
  });
});

describe('describePolicy of lists', () => {
  it('gives_each_rule_a_line_and_the_name_that_decisions_cite', () => {
    const text = 'version: 1\ndeny_paths: [a, b]\ntools: {Read: {action: LOCAL}, Grep: {action: LOCAL}}';
    const rules = describePolicy(document(text)).filter((m) => m.member.startsWith('deny_paths') || m.member === 'tools');
    expect(rules).toEqual([
      { member: 'deny_paths[0]', value: 'a' },
      { member: 'deny_paths[1]', value: 'b' },
      { member: 'tools', value: 'read_file LOCAL' },
      { member: 'tools', value: 'grep LOCAL' },
    ]);
  });
});

describe('diffPolicy', () => {
  it('nothing_differs_from_itself', () => {
    const one = document('version: 1\ndeny_paths: [a, b]\ntools: {Read: {action: LOCAL}}\nlimits: {max_tool_calls_per_round: 3}');
    expect(diffPolicy(one, one)).toEqual([]);
  });

  it('names_each_rule_that_came_or_went_in_the_order_of_members', () => {
    const before = document('version: 1\ndeny_paths: [a, b]\nlimits: {max_tool_calls_per_round: 3}');
    const after = document('version: 1\ndeny_paths: [b, c]\nopaque_commands: block\ntools: {Read: {action: LOCAL, reason: x}}');
    expect(diffPolicy(before, after)).toEqual([
      { sign: '-', member: 'opaque_commands', value: 'pass' },
      { sign: '+', member: 'opaque_commands', value: 'block' },
      { sign: '-', member: 'deny_paths', value: 'a' },
      { sign: '+', member: 'deny_paths', value: 'c' },
      { sign: '-', member: 'limits.max_tool_calls_per_round', value: '3' },
      { sign: '+', member: 'limits.max_tool_calls_per_round', value: 'none' },
      { sign: '-', member: 'tools', value: 'every tool passes' },
      { sign: '+', member: 'tools', value: 'read_file LOCAL (reason x)' },
    ]);
  });

  it('the_order_of_rules_is_no_difference', () => {
    expect(diffPolicy(document('version: 1\ndeny_paths: [a, b]'), document('version: 1\ndeny_paths: [b, a]'))).toEqual([]);
  });
});
