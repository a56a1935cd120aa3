# Completion of xeroctl in fish. Words are passed on standard input, so that none of them shows in the process list.
function __xeroctl_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    for line in (printf '%s\n' $words "$current" | command xeroctl __complete fish 2>/dev/null)
        switch $line
            case :values
            case :files
                __fish_complete_path "$current"
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c xeroctl -f -k -a '(__xeroctl_complete)'
