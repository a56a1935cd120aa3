# Completion of xeroctl in Elvish. Words are passed on standard input, so that none of them shows in the process list.
use str
set edit:completion:arg-completer[xeroctl] = {|@words|
    var found = [(all $words[1..] | to-lines | e:xeroctl __complete elvish 2>/dev/null | from-lines)]
    for line $found {
        if (eq $line :files) {
            edit:complete-filename $words[-1]
        } elif (not-eq $line :values) {
            var parts = [(str:split &max=2 "\t" $line)]
            if (== (count $parts) 2) {
                edit:complex-candidate $parts[0] &display=$parts[0]'  '$parts[1]
            } else {
                put $parts[0]
            }
        }
    }
}
