/** What makes a shell complete our words; each asks `strongroom completion words`. */
export const SCRIPTS: { readonly [shell: string]: string } = {
  bash: `# What completes words of strongroom in bash: source <(strongroom completion bash)
_strongroom() {
  local line="\${COMP_LINE:0:COMP_POINT}" word kept candidate
  local -a words
  read -r -a words <<< "$line"
  [[ "$line" == *" " ]] && words+=("")
  word="\${words[\${#words[@]}-1]}"
  # What is before a : or = stays on the line, where bash takes those for the ends of words.
  [[ "$COMP_WORDBREAKS" == *:* ]] && kept="\${word%"\${word##*[:=]}"}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    case "$candidate" in
      :files) compopt -o default 2>/dev/null ;;
      :commands) COMPREPLY+=($(compgen -c -- "$word")) ;;
      *) printf -v candidate %q "$candidate"; COMPREPLY+=("\${candidate#"$kept"}") ;;
    esac
  done < <(strongroom completion words -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _strongroom strongroom
`,
  fish: `# What completes words of strongroom in fish: strongroom completion fish | source
function __strongroom_words
    set -l words (commandline -opc)[2..] (commandline -ct)
    for candidate in (strongroom completion words -- $words 2>/dev/null)
        switch $candidate
            case :files
                __fish_complete_path (commandline -ct)
            case :commands
                complete -C (commandline -ct)
            case '*'
                echo $candidate
        end
    end
end
complete -c strongroom -f -a '(__strongroom_words)'
`,
  powershell: `# What completes words of strongroom in PowerShell: strongroom completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName strongroom -ScriptBlock {
    param($word, $ast, $cursor)
    $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '""' }
    strongroom completion words '--' @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`,
  zsh: `#compdef strongroom
# What completes words of strongroom in zsh: source <(strongroom completion zsh)
_strongroom() {
  local candidate
  local -a found
  for candidate in "\${(@f)$(strongroom completion words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$candidate" in
      '') ;;
      :files) _files ;;
      :commands) _command_names -e ;;
      *) found+=("$candidate") ;;
    esac
  done
  compadd -- "\${found[@]}"
}
compdef _strongroom strongroom
`,
};
