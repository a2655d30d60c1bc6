/** Completion for PowerShell 5.1 and later: one block that looks up tables. Files are what PowerShell offers by itself. */
import type { Offer, Points } from './points.ts';

const block = String.raw`Register-ArgumentCompleter -Native -CommandName occasio -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
    $at = ''
    $count = 0
    $previous = ''
    foreach ($word in $typed) {
        $last = $previous
        $previous = $word
        if ($at -eq '' -or $occasioGroups -contains $at) { $at = "$at $word".Trim(); continue }
        if ($occasioValues.ContainsKey("$at $last")) { continue }
        if (-not $word.StartsWith('-')) { $count++ }
    }
    $offers = @()
    if ($occasioValues.ContainsKey("$at $previous")) { $offers = $occasioValues["$at $previous"] }
    elseif ($wordToComplete.StartsWith('-')) { $offers = $occasioOptions[$at] }
    else { $offers = $occasioWords["$($at):$count"] }
    if ($offers -eq '<run>') {
        $folder = if ($env:OCCASIO_HOME) { $env:OCCASIO_HOME } else { Join-Path $HOME '.occasio' }
        $offers = @(Get-ChildItem (Join-Path $folder 'runs') -Filter '*.jsonl' -ErrorAction SilentlyContinue | ForEach-Object { $_.BaseName } | Where-Object { $_ -match '^[A-Za-z0-9_-]+$' })
    }
    $offers | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}`;

export function powershellScript({ commands, points }: Points): string {
  const groups = commands.filter((c) => c.actions.length > 0);
  const options = new Map([['', ['--help', '--version']], ...points.map((p) => [p.path, p.options.map((o) => o.name)] as const)]);
  const values = new Map(points.flatMap((p) => p.options.flatMap((o) => (o.value === undefined ? [] : [[`${p.path} ${o.name}`, listed(o.value.offer)] as const]))));
  const words = new Map([
    [':0', commands.map((c) => c.name)] as const,
    ...groups.map((g) => [`${g.name}:0`, g.actions.map((a) => a.name)] as const),
    ...points.flatMap((p) => p.words.map((w, i) => [`${p.path}:${i}`, listed(w.offer)] as const)),
  ]);
  return `# Completion of occasio for PowerShell. For this shell: occasio completion powershell | Out-String | Invoke-Expression
$occasioGroups = ${array(groups.map((g) => g.name))}
$occasioOptions = ${hashtable(options)}
$occasioValues = ${hashtable(values)}
$occasioWords = ${hashtable(words)}
${block}
`;
}

function listed(offer: Offer): readonly string[] {
  if (offer === null) return [];
  return 'words' in offer ? offer.words : offer.of === 'run' ? ['<run>'] : [];
}

function hashtable(entries: ReadonlyMap<string, readonly string[]>): string {
  return `@{\n${[...entries].map(([key, words]) => `    ${quoted(key)} = ${array(words)}\n`).join('')}}`;
}

function array(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
