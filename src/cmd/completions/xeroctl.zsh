#compdef xeroctl
# Completion of xeroctl in zsh. Words are passed on standard input, so that none of them shows in the process list.
_xeroctl() {
    local line value help is_file=
    local -a described found
    found=("${(@f)$(printf '%s\n' "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" | command xeroctl __complete zsh 2>/dev/null)}")
    for line in "${found[@]}"; do
        case $line in
            (:files) is_file=yes ;;
            (:values|'') ;;
            (*)
                value=${line%%$'\t'*}
                help=
                [[ $line == *$'\t'* ]] && help=${line#*$'\t'}
                described+=("${value//:/\\:}${help:+:$help}")
                ;;
        esac
    done
    (( $#described )) && _describe -V xeroctl described
    [[ -n $is_file ]] && _files
}
# The file may be found through fpath, or be read by `source`.
if [[ $funcstack[1] == _xeroctl ]]; then
    _xeroctl "$@"
elif (( $+functions[compdef] )); then
    compdef _xeroctl xeroctl
fi
