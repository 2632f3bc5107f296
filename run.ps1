#Requires -Version 7.4

<#
.SYNOPSIS
    Sets up, builds and runs Alignment.

.DESCRIPTION
    Passes the task on to run.cs, the front door, which finds out which torch can be had, installs what is missing,
    builds Release and runs. The exit code is the task's: 0 done, 1 unexpected, 2 bad options or data, 3 something is
    missing, 4 a stage failed, 130 cancelled. Works from any folder.

.PARAMETER Task
    quickstart             trains and compares small models through every stage
    run PIPELINE           runs a pipeline file
    stage NAME             runs one stage alone: tokenizer, sft, reward, dpo, ppo, evaluate
    test [PROJECT]         runs the tests
    build                  builds everything
    format                 formats the sources
    help                   lists the tasks

.PARAMETER Arguments
    What the task takes, passed on as it is.

.EXAMPLE
    ./run.ps1 quickstart

.EXAMPLE
    ./run.ps1 run pipelines/quickstart.yaml --dry-run

.EXAMPLE
    ./run.ps1 stage dpo --config pipelines/quickstart.yaml --set beta=0.2
#>
param(
    [Parameter(Position = 0)]
    [ValidateSet('quickstart', 'run', 'stage', 'test', 'build', 'format', 'help')]
    [string] $Task = 'help',

    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    [Console]::Error.WriteLine('error: dotnet is not on the PATH; install the .NET 10 SDK from https://dot.net')
    exit 3
}

& dotnet run (Join-Path $PSScriptRoot 'run.cs') -- $Task @Arguments
exit $LASTEXITCODE
