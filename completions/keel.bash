# bash completion of keel: source <(keel completion bash)
_keel() {
  local kind word
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r word; do COMPREPLY+=("${word%%$'\t'*}"); done
  } < <(keel complete bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    programs) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}") ;;
    *) [[ ${COMPREPLY[0]-} == *[:=] ]] && compopt -o nospace ;;
  esac
  return 0
}
complete -F _keel keel
