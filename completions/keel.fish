# fish completion of keel: keel completion fish | source
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
            printf '%s\n' $answer[2..]
    end
end
complete -c keel -f -k -a '(__keel_complete)'
