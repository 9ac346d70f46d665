/** What makes a shell complete our words; each asks `strongroom completion words`. */
export const SCRIPTS: { readonly [shell: string]: string } = {
  bash: `# What completes words of strongroom in bash: source <(strongroom completion bash)
_strongroom_split() {
  # As the shell takes a line apart, with nothing in it evaluated; quote: the one that is open.
  local line="$1" word="" begun="" char at quotes="\\"'" special='"\\$\`'
  words=() quote=""
  for ((at = 0; at < \${#line}; at++)); do
    char="\${line:at:1}"
    if [[ "$quote" == "'" && "$char" != "'" ]]; then word+="$char"
    elif [[ "$char" == '\\' ]]; then
      ((++at))
      # Between double quotes a backslash stands for itself but before these.
      [[ "$quote" == '"' && "$special" != *"\${line:at:1}"* ]] && word+="$char"
      word+="\${line:at:1}" begun=1
    elif [[ -n "$quote" && "$char" == "$quote" ]]; then quote=""
    elif [[ -n "$quote" ]]; then word+="$char"
    elif [[ "$quotes" == *"$char"* ]]; then quote="$char" begun=1
    elif [[ "$char" == [[:space:]] ]]; then
      [[ -n "$begun" ]] && words+=("$word")
      word="" begun=""
    else word+="$char" begun=1
    fi
  done
  words+=("$word")
}
_strongroom() {
  local word kept candidate quote
  local -a words
  _strongroom_split "\${COMP_LINE:0:COMP_POINT}"
  word="\${words[\${#words[@]}-1]}"
  # What is before a : or = stays on the line, where bash takes those for the ends of words.
  [[ -z "$quote" && "$COMP_WORDBREAKS" == *:* ]] && printf -v kept %q "\${word%"\${word##*[:=]}"}"
  [[ "$kept" == "''" ]] && kept=""
  COMPREPLY=()
  while IFS= read -r candidate; do
    case "$candidate" in
      :files) compopt -o default 2>/dev/null ;;
      :commands) COMPREPLY+=($(compgen -c -- "$word")) ;;
      *)
        # As it is read back, whatever is in it. No quoting keeps ! from the history between "".
        case "$quote" in
          '"')
            [[ "$candidate" == *!* ]] && continue
            candidate=\${candidate//\\\\/\\\\\\\\}
            candidate=\${candidate//\\"/\\\\\\"}
            candidate=\${candidate//\\$/\\\\\\$}
            candidate=\${candidate//\\\`/\\\\\\\`}
            ;;
          "'") candidate=\${candidate//\\'/\\'\\\\\\'\\'} ;;
          *) printf -v candidate %q "$candidate" ;;
        esac
        COMPREPLY+=("\${candidate#"$kept"}")
        ;;
    esac
  done < <(strongroom completion words -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _strongroom strongroom
`,
  fish: `# What completes words of strongroom in fish: strongroom completion fish | source
function __strongroom_words
    set -l last (commandline -ct)
    # A quote that is still open is closed, so that what is in it can be read.
    for end in '' '"' "'"
        if set -l read (string unescape -- "$last$end" 2>/dev/null)
            set last $read
            break
        end
    end
    set -l words (commandline -opc)[2..] "$last"
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
        $text = $_
        # Typographic quotes end a text between ' as well.
        if ($_ -notmatch '^[\\w/.:=%+-]+$') { $text = "'" + ($_ -replace "['\\u2018-\\u201b]", '$0$0') + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
    }
}
`,
  zsh: `#compdef strongroom
# What completes words of strongroom in zsh: source <(strongroom completion zsh)
_strongroom() {
  local candidate last="\${words[CURRENT]}"
  local -a found
  # A quote that is still open is closed, so that what is in it can be read.
  case "$last" in
    *\\'*\\'* | *\\"*\\"*) ;;
    \\'* | \\"*) last="$last\${last[1]}" ;;
  esac
  for candidate in "\${(@f)$(strongroom completion words -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)last}" 2>/dev/null)}"; do
    case "$candidate" in
      '') ;;
      :files) _files ;;
      :commands) _command_names -e ;;
      *) found+=("$candidate") ;;
    esac
  done
  compadd -- "\${found[@]}"
}
# In a folder of fpath, this file is read when it is first needed, as that function.
if [[ "\${funcstack[1]}" == _strongroom ]]; then
  _strongroom "$@"
else
  compdef _strongroom strongroom
fi
`,
};
