# Windows Task Scheduler: every first day of the month at 02:00. Run once in PowerShell, from the folder of the question file.
$folder = (Get-Location).Path
$report = @'
$month = (Get-Date).AddDays(-1).ToString("yyyy-MM")
kotae report monthly_sales.toml -o "out\$month" --set "month=$month" --format html,xlsx,pdf --timeout 900 --fail-on expectation
exit $LASTEXITCODE
'@
Set-Content -Path "$folder\report.ps1" -Value $report -Encoding UTF8
schtasks /Create /F /TN "kotae report" /SC MONTHLY /D 1 /ST 02:00 `
  /TR "powershell -NoProfile -ExecutionPolicy Bypass -Command `"Set-Location '$folder'; .\report.ps1`""
