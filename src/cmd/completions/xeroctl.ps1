# Completion of xeroctl in PowerShell. Words are passed on standard input, so that none of them shows in the process list.
Register-ArgumentCompleter -Native -CommandName xeroctl -ScriptBlock {
    param($current, $ast, $cursor)
    $words = @()
    foreach ($element in ($ast.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -lt $cursor) {
            $words += if ($element.Value -is [string]) { $element.Value } else { $element.ToString() }
        }
    }
    $words += $current
    ($words -join "`n") | & xeroctl __complete powershell 2>$null | Select-Object -Skip 1 | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
