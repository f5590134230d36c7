/**
 * What each shell runs at Tab. The scripts hold no names of the tool: they ask `keel complete`, so they never fall
 * behind it. Its first line says what kind of answer it is, the others are words, each with its description behind a
 * tab. No answer is ever evaluated.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of keel: source <(keel completion bash)
_keel() {
  local kind word
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r word; do COMPREPLY+=("\${word%%$'\\t'*}"); done
  } < <(keel complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    programs) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}") ;;
    *) [[ \${COMPREPLY[0]-} == *[:=] ]] && compopt -o nospace ;;
  esac
  return 0
}
complete -F _keel keel
`,
  zsh: `#compdef keel
# zsh completion of keel: source <(keel completion zsh), or this file as _keel in a folder of fpath
_keel() {
  local -a answer words_ shown
  local line kind
  answer=("\${(@f)$(keel complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$answer[1]
  case $kind in
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files; return ;;
    folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/; return ;;
    programs) _command_names -e; return ;;
  esac
  for line in "\${(@)answer[2,-1]}"; do
    [[ -n $line ]] || continue
    words_+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  if [[ $words_[1] == *[:=] ]]; then compadd -S '' -l -d shown -a words_
  else compadd -l -d shown -a words_; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _keel "$@"
else (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }; compdef _keel keel; fi
`,
  fish: `# fish completion of keel: keel completion fish | source
function __keel_complete
    set -l before (commandline -opc)
    set -l answer (keel complete fish -- $before[2..] (commandline -ct) 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path (commandline -ct)
        case folders
            __fish_complete_directories (commandline -ct)
        case programs
            __fish_complete_command
        case '*'
            printf '%s\\n' $answer[2..]
    end
end
complete -c keel -f -k -a '(__keel_complete)'
`,
};
