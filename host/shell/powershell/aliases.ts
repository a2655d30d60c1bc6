/** Names that PowerShell has for cmdlets besides their own: those of Windows PowerShell 5.1 and of 7, on every system. */
const ALIASES = `
ac Add-Content | cat gc type Get-Content | clc Clear-Content | sc Set-Content | ls gci dir Get-ChildItem | gi Get-Item | ni md mkdir New-Item | ri rm del erase rd rmdir Remove-Item
cp copy cpi Copy-Item | mv move mi Move-Item | ren rni Rename-Item | cli Clear-Item | si Set-Item | ii Invoke-Item | gp Get-ItemProperty | gpv Get-ItemPropertyValue | sp Set-ItemProperty
rp Remove-ItemProperty | rnp Rename-ItemProperty | cpp Copy-ItemProperty | mp Move-ItemProperty | clp Clear-ItemProperty | rvpa Resolve-Path | cvpa Convert-Path
sl cd chdir cd.. cd\\ Set-Location | pushd Push-Location | popd Pop-Location | gl pwd Get-Location | sls Select-String | fhx Format-Hex | ipcsv Import-Csv | epcsv Export-Csv | tee Tee-Object
iwr curl wget Invoke-WebRequest | irm Invoke-RestMethod | iex Invoke-Expression | icm Invoke-Command | saps start Start-Process | spps kill Stop-Process | gps ps Get-Process | sajb Start-Job
ihy r Invoke-History | ipmo Import-Module | nsn New-PSSession | etsn Enter-PSSession | sal Set-Alias | nal New-Alias | epal Export-Alias | ipal Import-Alias | gal Get-Alias | gcm Get-Command | gm Get-Member
sv set Set-Variable | nv New-Variable | gv Get-Variable | rv Remove-Variable | clv Clear-Variable | ndr mount New-PSDrive | gdr Get-PSDrive | rdr Remove-PSDrive
% foreach ForEach-Object | ? where Where-Object | select Select-Object | sort Sort-Object | group Group-Object | measure Measure-Object | compare diff Compare-Object | gu Get-Unique
ft Format-Table | fl Format-List | fw Format-Wide | fc Format-Custom | oh Out-Host | lp Out-Printer | ogv Out-GridView | echo write Write-Output | sleep Start-Sleep | cls clear Clear-Host | h ghy history Get-History
man help Get-Help | gsv Get-Service | sasv Start-Service | spsv Stop-Service | gwmi Get-WmiObject | iwmi Invoke-WmiMethod | gin Get-ComputerInfo | stz Set-TimeZone | gtz Get-TimeZone | gcb Get-Clipboard | scb Set-Clipboard
gjb Get-Job | rcjb Receive-Job | wjb Wait-Job | rjb Remove-Job | spjb Stop-Job | gmo Get-Module | rmo Remove-Module | gerr Get-Error | shcm Show-Command | cfs ConvertFrom-String | ise powershell_ise.exe
`;

export const aliases: ReadonlyMap<string, string> = new Map(
  ALIASES.split(/[|\n]/).flatMap((line) => {
    const names = line.trim().split(/\s+/);
    const cmdlet = names.pop() ?? '';
    return names.map((name): [string, string] => [name, cmdlet]);
  }),
);
