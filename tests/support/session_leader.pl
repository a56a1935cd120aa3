# Leads the session of a test's terminal. When the leader of a session ends, the system discards output that the terminal's
# other side has not read yet. So the command that is tested is not the leader: it is this program's child, in the same
# process group, and this program ends when the test has read everything.
#
# Arguments: the test's socket, a marker, and the command. Writes two lines to the socket, the command's process ID and then
# its wait status, and before the status the marker to the terminal.
use strict;
use warnings;
use Errno;
use Socket;

my ($path, $marker, @command) = @ARGV;
socket(my $test, AF_UNIX, SOCK_STREAM, 0) or die "no socket: $!";
connect($test, pack_sockaddr_un($path)) or die "no test: $!";

# A handler, because the command would inherit that a signal is ignored.
$SIG{$_} = sub { } for qw(HUP INT QUIT TERM);
my $pid = fork;
defined $pid or die "no process: $!";
if (!$pid) {
    exec { $command[0] } @command;
    exit 127;
}
syswrite $test, "$pid\n";
1 until waitpid($pid, 0) == $pid;
my $status = $?;
# An interactive shell may have left the terminal to another process group.
$SIG{TTOU} = 'IGNORE';
syswrite STDOUT, $marker;
syswrite $test, "$status\n";
while (1) {
    my $rest;
    my $count = sysread $test, $rest, 1;
    last unless $count || (!defined $count && $!{EINTR});
}
