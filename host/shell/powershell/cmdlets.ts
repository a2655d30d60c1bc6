/**
 * Cmdlets whose effect their parameters tell. A row: parameters that name paths, by role; those that take another value; switches;
 * which parameters plain words fill, in order. `A|B`: B is another name of A. A cmdlet in no table makes its line opaque.
 */
import type { Role } from '../programs/program.ts';

export interface Cmdlet {
  readonly name: string;
  /** Parameters with a value, by lower-case name or alias: the parameter, and what its value is. */
  readonly values: ReadonlyMap<string, { readonly name: string; readonly role: Role }>;
  readonly switches: ReadonlyMap<string, string>;
  /** Parameters that plain words fill. */
  readonly positions: readonly string[];
  /** How items of the pipeline are touched that the words do not name. */
  readonly piped: Role | null;
  /** How the folder is touched where no path is given. */
  readonly none: Role | null;
  readonly opaque: string | null;
}

interface Row {
  readonly positions: string;
  readonly paths: Readonly<Partial<Record<Role, string>>>;
  readonly values?: string;
  readonly switches?: string;
  readonly piped?: Role;
  readonly none?: Role;
  readonly opaque?: string;
}

const COMMON_VALUES = 'ErrorAction|ea WarningAction|wa InformationAction|infa ProgressAction|proga OutBuffer|ob OutVariable|ov ErrorVariable|ev WarningVariable|wv InformationVariable|iv PipelineVariable|pv';
const COMMON_SWITCHES = 'Verbose|vb Debug|db WhatIf|wi Confirm|cf';
const SELECT = 'Filter Include Exclude Credential';
const LITERAL = 'LiteralPath|PSPath|LP';

const item = (role: Role, more: Partial<Row> = {}): Row => ({ positions: 'Path', paths: { [role]: `Path ${LITERAL}` }, piped: role, ...more, values: `${SELECT} ${more.values ?? ''}`, switches: `Force ${more.switches ?? ''}` });
const text = (positions: string, values: string, switches = ''): Row => ({ positions, paths: {}, values, switches });

const WEB =
  'Method CustomMethod|CM Body Headers ContentType Credential UserAgent TimeoutSec ConnectionTimeoutSeconds OperationTimeoutSeconds MaximumRedirection MaximumRetryCount RetryIntervalSec Proxy ProxyCredential WebSession SessionVariable|SV Authentication Token Form TransferEncoding CertificateThumbprint HttpVersion SslProtocol UnixSocket';
const WEB_SWITCHES =
  'UseBasicParsing UseDefaultCredentials PassThru DisableKeepAlive NoProxy SkipCertificateCheck SkipHttpErrorCheck SkipHeaderValidation AllowInsecureRedirect AllowUnencryptedAuthentication PreserveAuthorizationOnRedirect PreserveHttpMethodOnRedirect Resume';

const ROWS: Readonly<Record<string, Row>> = {
  'Get-Content': item('read', { values: 'ReadCount TotalCount|First|Head Tail|Last Encoding Delimiter Stream', switches: 'Raw Wait AsByteStream' }),
  'Set-Content': item('write', { positions: 'Path Value', values: 'Value Encoding Stream', switches: 'NoNewline AsByteStream PassThru' }),
  'Add-Content': item('write', { positions: 'Path Value', values: 'Value Encoding Stream', switches: 'NoNewline AsByteStream PassThru' }),
  'Clear-Content': item('write', { values: 'Stream' }),
  'Out-File': { positions: 'FilePath Encoding', paths: { write: `FilePath|Path ${LITERAL}` }, values: 'Encoding Width InputObject', switches: 'Append Force NoClobber|NoOverwrite NoNewline' },
  'Tee-Object': { positions: 'FilePath', paths: { write: `FilePath|Path ${LITERAL}` }, values: 'InputObject Encoding', switches: 'Append' },
  'Export-Csv': { positions: 'Path Delimiter', paths: { write: `Path ${LITERAL}` }, values: 'Delimiter Encoding InputObject QuoteFields UseQuotes', switches: 'Append Force NoClobber|NoOverwrite NoTypeInformation|NTI IncludeTypeInformation|ITI UseCulture NoHeader' },
  'Export-Clixml': { positions: 'Path', paths: { write: `Path ${LITERAL}` }, values: 'Depth InputObject Encoding', switches: 'Force NoClobber|NoOverwrite' },
  'Import-Csv': { positions: 'Path Delimiter', paths: { read: `Path ${LITERAL}` }, values: 'Delimiter Header Encoding', switches: 'UseCulture', piped: 'read' },
  'Import-Clixml': { positions: 'Path', paths: { read: `Path ${LITERAL}` }, values: 'Skip First', switches: 'IncludeTotalCount', piped: 'read' },
  'Import-PowerShellDataFile': { positions: 'Path', paths: { read: `Path ${LITERAL}` }, piped: 'read' },
  'Get-FileHash': { positions: 'Path Algorithm', paths: { read: `Path ${LITERAL}` }, values: 'Algorithm', piped: 'read' },
  'Format-Hex': { positions: 'Path', paths: { read: `Path ${LITERAL}` }, values: 'InputObject Encoding Count Offset', switches: 'Raw', piped: 'read' },
  'Select-String': { positions: 'Pattern Path', paths: { search: `Path ${LITERAL}` }, values: 'Pattern InputObject Include Exclude Encoding Context Culture', switches: 'SimpleMatch CaseSensitive Quiet List NotMatch AllMatches NoEmphasis Raw', piped: 'search' },
  'Select-Xml': { positions: 'XPath Path', paths: { read: `Path ${LITERAL}` }, values: 'XPath Xml Content Namespace', piped: 'read' },
  'Get-ChildItem': item('list', { positions: 'Path Filter', values: 'Depth Attributes', switches: 'Recurse|s Name Directory|ad|d File|af Hidden|ah|h ReadOnly|ar System|as FollowSymlink', none: 'list' }),
  'Get-Item': item('list', { values: 'Stream' }),
  'Test-Path': { ...item('list', { values: 'PathType|Type NewerThan OlderThan', switches: 'IsValid' }) },
  'Resolve-Path': { positions: 'Path', paths: { list: `Path ${LITERAL} RelativeBasePath` }, values: 'Credential', switches: 'Relative Force', piped: 'list' },
  'Convert-Path': { positions: 'Path', paths: { list: `Path ${LITERAL}` }, piped: 'list' },
  'Get-ItemProperty': item('list', { positions: 'Path Name', values: 'Name' }),
  'Get-ItemPropertyValue': item('list', { positions: 'Path Name', values: 'Name' }),
  'Get-Acl': { positions: 'Path', paths: { list: `Path ${LITERAL}` }, values: 'Filter Include Exclude InputObject', switches: 'Audit', piped: 'list' },
  'Join-Path': text('Path ChildPath AdditionalChildPath', 'Path ChildPath AdditionalChildPath Credential', 'Resolve'),
  'Split-Path': text('Path', `Path ${LITERAL} Credential`, 'Parent Leaf LeafBase Extension Qualifier NoQualifier Resolve IsAbsolute'),
  'New-Item': { positions: 'Path', paths: { write: 'Path Name' }, values: 'ItemType|Type Value|Target Credential', switches: 'Force' },
  'Copy-Item': item('read', { positions: 'Path Destination', paths: { read: `Path ${LITERAL}`, write: 'Destination' }, values: 'ToSession FromSession', switches: 'Recurse Container PassThru' }),
  'Move-Item': item('change', { positions: 'Path Destination', paths: { change: `Path ${LITERAL}`, write: 'Destination' }, switches: 'PassThru' }),
  'Remove-Item': item('write', { values: 'Stream', switches: 'Recurse' }),
  'Rename-Item': { positions: 'Path NewName', paths: { change: `Path ${LITERAL}`, write: 'NewName' }, values: 'Credential', switches: 'Force PassThru', piped: 'change' },
  'Clear-Item': item('write'),
  'Set-Item': item('write', { positions: 'Path Value', values: 'Value', switches: 'PassThru' }),
  'Set-ItemProperty': item('write', { positions: 'Path Name Value', values: 'Name|PSProperty Value InputObject Type', switches: 'PassThru' }),
  'New-ItemProperty': item('write', { positions: 'Path Name', values: 'Name|PSProperty Value PropertyType|Type' }),
  'Remove-ItemProperty': item('write', { positions: 'Path Name', values: 'Name|PSProperty' }),
  'Clear-ItemProperty': item('write', { positions: 'Path Name', values: 'Name|PSProperty', switches: 'PassThru' }),
  'Set-Acl': { positions: 'Path AclObject', paths: { write: `Path ${LITERAL}` }, values: 'AclObject InputObject SecurityDescriptor Filter Include Exclude', switches: 'ClearCentralAccessPolicy PassThru', piped: 'write' },
  'Unblock-File': { positions: 'Path', paths: { write: `Path ${LITERAL}` }, piped: 'write' },
  'Compress-Archive': { positions: 'Path DestinationPath', paths: { read: `Path ${LITERAL}`, write: 'DestinationPath' }, values: 'CompressionLevel', switches: 'Update Force PassThru', piped: 'read' },
  'Expand-Archive': { positions: 'Path DestinationPath', paths: { read: `Path ${LITERAL}`, write: 'DestinationPath' }, switches: 'Force PassThru', piped: 'read', opaque: 'the archive names what is written' },
  'Invoke-WebRequest': { positions: 'Uri', paths: { mention: 'Uri', write: 'OutFile', read: 'InFile' }, values: WEB, switches: WEB_SWITCHES },
  'Invoke-RestMethod': { positions: 'Uri', paths: { mention: 'Uri', write: 'OutFile', read: 'InFile' }, values: `${WEB} FollowRelLink MaximumFollowRelLink|ML ResponseHeadersVariable StatusCodeVariable`, switches: WEB_SWITCHES },
  'Set-Location': { positions: 'Path', paths: { list: `Path ${LITERAL}` }, values: 'StackName', switches: 'PassThru', piped: 'list' },
  'Push-Location': { positions: 'Path', paths: { list: `Path ${LITERAL}` }, values: 'StackName', switches: 'PassThru', piped: 'list' },
  'Invoke-Item': { ...item('read'), opaque: 'what opens it is not known' },
  'Import-Module': { positions: 'Name', paths: { read: 'Name' }, values: 'Function Cmdlet Variable Alias Prefix MinimumVersion Version RequiredVersion MaximumVersion Scope ArgumentList|Args', switches: 'Global PassThru Force DisableNameChecking AsCustomObject NoClobber', opaque: 'a module' },
  'Add-Type': { positions: 'TypeDefinition', paths: { read: `Path ${LITERAL}`, write: 'OutputAssembly' }, values: 'TypeDefinition MemberDefinition Name Namespace UsingNamespace AssemblyName ReferencedAssemblies Language OutputType CompilerOptions', switches: 'PassThru IgnoreWarnings', opaque: 'code of another language' },
};

const names = (list: string): (readonly [string, string])[] =>
  list.split(/\s+/).filter((name) => name !== '').flatMap((spelled) => spelled.split('|').map((name): [string, string] => [name.toLowerCase(), spelled.split('|')[0] ?? '']));

export const cmdlets: ReadonlyMap<string, Cmdlet> = new Map(
  Object.entries(ROWS).map(([name, row]): [string, Cmdlet] => {
    const values = new Map<string, { name: string; role: Role }>();
    for (const [key, of] of names(`${row.values ?? ''} ${COMMON_VALUES}`)) values.set(key, { name: of, role: 'text' });
    for (const [role, list] of Object.entries(row.paths)) for (const [key, of] of names(list ?? '')) values.set(key, { name: of, role: role as Role });
    const switches = new Map(names(`${row.switches ?? ''} ${COMMON_SWITCHES}`));
    return [name.toLowerCase(), { name, values, switches, positions: row.positions.split(' '), piped: row.piped ?? null, none: row.none ?? null, opaque: row.opaque ?? null }];
  }),
);

/** Cmdlets that touch no file and run nothing but the blocks in their words. */
const INERT = `Write-Output Write-Host Write-Error Write-Warning Write-Verbose Write-Debug Write-Information Write-Progress Out-String Out-Null Out-Host Out-Default Format-Table Format-List Format-Wide Format-Custom
Select-Object Where-Object Sort-Object Group-Object Measure-Object Compare-Object ConvertTo-Json ConvertTo-Csv ConvertTo-Html ConvertTo-Xml ConvertFrom-Json ConvertFrom-Csv ConvertFrom-StringData Get-Date Get-Random
Get-Member Get-Unique Get-Command Get-Alias Get-Process Get-Service Get-Host Get-Location Get-History Get-PSDrive Get-Culture Start-Sleep Clear-Host Get-Module Join-String New-TimeSpan Get-Verb Measure-Command
Get-Job Get-Uptime Get-TimeZone Get-Error Get-Help Get-ComputerInfo New-Guid Get-CimInstance Test-Json Set-StrictMode Pop-Location Stop-Process Wait-Process Get-Clipboard Get-NetTCPConnection Test-Connection Get-ExecutionPolicy`;
export const inert: ReadonlyMap<string, string> = new Map(INERT.split(/\s+/).map((name) => [name.toLowerCase(), name]));
