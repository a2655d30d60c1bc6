/** The four cmdlets that are answered here: which lines, and what they print. */
import { describe, expect, it } from 'vitest';
import { localPowerShell } from '../../host/shell/local/powershell.ts';

describe('a line that is answered here', () => {
  it.each([
    ['Get-Content a.txt', { program: 'Get-Content', path: 'a.txt', head: null, tail: null }],
    ["gc -Path 'a b.txt' -TotalCount 3", { program: 'Get-Content', path: 'a b.txt', head: 3, tail: null }],
    ['gc .\\src\\a.ts -Tail 2', { program: 'Get-Content', path: './src/a.ts', head: null, tail: 2 }],
    ['Get-ChildItem -Name', { program: 'Get-ChildItem', path: '.', kind: 'any', hidden: false }],
    ['gci src -Name -File -Force', { program: 'Get-ChildItem', path: 'src', kind: 'file', hidden: true }],
    ['Test-Path "a.txt"', { program: 'Test-Path', path: 'a.txt', kind: 'any' }],
    ['test-path -pathtype Leaf -path a.txt', { program: 'Test-Path', path: 'a.txt', kind: 'file' }],
    ['Select-String TODO src/a.ts', { program: 'Select-String', path: 'src/a.ts', pattern: 'TODO', caseSensitive: false }],
    ['sls -Path a.txt -Pattern "two words" -CaseSensitive -SimpleMatch', { program: 'Select-String', path: 'a.txt', pattern: 'two words', caseSensitive: true }],
  ])('%s', (line, plan) => expect(localPowerShell(line)).toEqual(plan));
});

describe('a line that is for the shell', () => {
  it.each([
    'cat a.txt', 'ls', 'dir -Name', 'Get-ChildItem', 'Get-ChildItem -Recurse -Name', 'gc', 'gc a.txt b.txt', 'gc a.txt,b.txt', 'gc *.txt', 'gc [a].txt', 'gc $HOME/a', 'gc ~/a', 'gc a.txt | sls x', 'gc a.txt; ls', 'gc a.txt > b', 'gc a.txt # x', 'gc (ls)', 'gc "a$b"', 'gc "a`tb"', 'gc -Raw a.txt', 'gc -To 3 a.txt', 'gc -TotalCount x a.txt', 'gc -TotalCount 1 -Tail 1 a.txt', 'gc -Path:a.txt', 'gc -Path -Tail', 'gc a.txt -TotalCount -1',
    'gc C:\\a.txt', 'gc C:a.txt', 'gc Env:PATH', 'gc FileSystem::/a', 'gc a.txt:stream', 'gc \\\\host\\share\\a.txt', 'gc //host/share/a.txt', 'gc \\\\?\\C:\\a.txt', 'gc \\\\.\\pipe\\x', 'gc /dev/stdin', 'gc /proc/self/environ', "gc 'a'.txt", "gc 'it''s'", 'gc \u2018a\u2019', 'gc \u2013Path a.txt', 'gc a\u00a0b', '& gc a.txt', 'gc `a.txt', 'gc @x', 'gc a.txt\ngc b.txt', 'Test-Path', 'Test-Path a -PathType Nope', 'Test-Path a -IsValid', 'sls x', 'sls . a.txt', 'sls a.b a.txt', 'sls "" a.txt', 'sls x ../a.txt', 'sls x /a.txt', 'sls x a.txt -Quiet', 'sls x a.txt -Context 2', '', 'g`c a',
  ])('%j', (line) => expect(localPowerShell(line)).toBeNull());
});
