/** Findings as SARIF 2.1.0 (OASIS), as code scanning takes it. Nothing of a value is in it. */
import { repository, version } from '../runtime/version.ts';
import type { Finding } from './scan.ts';

export function sarif(findings: readonly Finding[]): unknown {
  const labels = [...new Set(findings.map((f) => f.label))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Occasio', version, informationUri: repository, rules: labels.map((id) => ({ id, shortDescription: { text: `A secret: ${id}` }, defaultConfiguration: { level: 'error' } })) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((f) => ({
          ruleId: f.label,
          ruleIndex: labels.indexOf(f.label),
          level: 'error',
          message: { text: `A secret (${f.label}, ${f.length} characters). Revoke it, and keep it out of files.` },
          locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(f.file) }, region: { startLine: f.line, startColumn: f.column, endLine: f.endLine, endColumn: f.endColumn } } }],
        })),
      },
    ],
  };
}

/** A relative reference (RFC 3986); what is absolute becomes a file URL. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}
