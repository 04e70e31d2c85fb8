//! The filter of system calls: what runs Python, Node and a browser without its own sandbox, and
//! nothing that makes namespaces, mounts, keys, traces, programs for the kernel or sockets of other
//! kinds. No shared memory of System V either, which stays when nobody holds it and which nobody counts.
//! Everything that is not named here does not exist (`ENOSYS`): so new calls of new kernels,
//! `clone3` (whose flags no filter can see; C libraries go on with `clone`) and the x32 numbers.

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// Where the filter is to hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Whether network and processes are the connector's own.
    pub(super) namespaces: bool,
    /// Whether it has a way out at all.
    pub(super) network: bool,
    /// The process that watches over it, which it must not signal.
    pub(super) warden: u32,
}

/// Two filters that both hold: what exists, and what of it is refused for its arguments.
pub(super) fn filters(place: Place) -> Result<[BpfProgram; 2], String> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    let known = ALLOWED.iter().chain(ALLOWED_HERE).map(|number| (number_of(*number), vec![]));
    let refused = refused(place).map_err(|error| error.to_string())?;
    let build = |rules, otherwise, then| -> Result<BpfProgram, seccompiler::BackendError> {
        SeccompFilter::new(rules, otherwise, then, arch)?.try_into()
    };
    let exists = build(
        known.collect(),
        SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
        SeccompAction::Allow,
    );
    let arguments =
        build(refused, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM.unsigned_abs()));
    Ok([exists.map_err(|e| e.to_string())?, arguments.map_err(|e| e.to_string())?])
}

/// As `seccompiler` has them.
fn number_of(number: c_long) -> i64 {
    #[expect(clippy::useless_conversion, reason = "c_long is not i64 everywhere")]
    number.into()
}

type Refused = BTreeMap<i64, Vec<SeccompRule>>;

/// One more way to be refused: all of `conditions` hold.
fn refuse(
    rules: &mut Refused,
    call: c_long,
    conditions: &[(u8, SeccompCmpOp, u64)],
) -> Result<(), seccompiler::BackendError> {
    let conditions = conditions.iter().map(|(argument, compare, value)| {
        SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, compare.clone(), *value)
    });
    let rule = SeccompRule::new(conditions.collect::<Result<_, _>>()?)?;
    rules.entry(number_of(call)).or_default().push(rule);
    Ok(())
}

/// A C constant as the low half of a register.
fn word(constant: i32) -> u64 {
    u64::from(constant.cast_unsigned())
}

fn refused(place: Place) -> Result<Refused, seccompiler::BackendError> {
    use SeccompCmpOp::{Eq, MaskedEq, Ne};
    let mut all = Refused::new();
    for bit in [
        libc::CLONE_NEWNS,
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
    ] {
        refuse(&mut all, libc::SYS_clone, &[(0, MaskedEq(word(bit)), word(bit))])?;
    }
    // Typing into the terminal of whoever started us.
    for request in [0x5412_u64, 0x541C] {
        refuse(&mut all, libc::SYS_ioctl, &[(1, Eq, request)])?;
    }
    // Hiding from the warden what it has open.
    let dumpable = [(0, Eq, word(libc::PR_SET_DUMPABLE)), (1, Eq, 0)];
    refuse(&mut all, libc::SYS_prctl, &dumpable)?;
    // Limits of others.
    refuse(&mut all, libc::SYS_prlimit64, &[(0, Ne, 0)])?;

    let families: &[i32] = match (place.namespaces, place.network) {
        (true, _) => &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK],
        (false, true) => &[libc::AF_INET, libc::AF_INET6],
        (false, false) => &[],
    };
    let others: Vec<_> = families.iter().map(|family| (0, Ne, word(*family))).collect();
    if others.is_empty() {
        // Always true of a register's low half.
        refuse(&mut all, libc::SYS_socket, &[(0, MaskedEq(0), 0)])?;
    } else {
        refuse(&mut all, libc::SYS_socket, &others)?;
    }
    let route = [(0, Eq, word(libc::AF_NETLINK)), (2, Ne, word(libc::NETLINK_ROUTE))];
    refuse(&mut all, libc::SYS_socket, &route)?;
    let unix = [(0, Ne, word(libc::AF_UNIX))];
    refuse(&mut all, libc::SYS_socketpair, &unix)?;
    if !place.namespaces {
        // Landlock knows ports of TCP only, and only when `connect` is called: so no other kind of
        // socket, no other protocol (MPTCP), and no connection made by sending (TCP Fast Open).
        for kind in (0..16).filter(|kind| *kind != libc::SOCK_STREAM) {
            refuse(&mut all, libc::SYS_socket, &[(1, MaskedEq(0xf), word(kind))])?;
        }
        let tcp = [(2, Ne, 0), (2, Ne, word(libc::IPPROTO_TCP))];
        refuse(&mut all, libc::SYS_socket, &tcp)?;
        let fast_open = word(libc::MSG_FASTOPEN);
        for (call, argument) in
            [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)]
        {
            refuse(&mut all, call, &[(argument, MaskedEq(fast_open), fast_open)])?;
        }
        // Signals to the warden, its group, or everybody: Landlock refuses them from its version 6.
        let group = place.warden.wrapping_neg();
        for to in [u64::from(place.warden), u64::from(group), word(-1)] {
            refuse(&mut all, libc::SYS_kill, &[(0, Eq, to)])?;
        }
        for call in [
            libc::SYS_tkill,
            libc::SYS_tgkill,
            libc::SYS_pidfd_open,
            libc::SYS_rt_sigqueueinfo,
            libc::SYS_rt_tgsigqueueinfo,
        ] {
            refuse(&mut all, call, &[(0, Eq, u64::from(place.warden))])?;
        }
        // The pace of others.
        for call in [
            libc::SYS_sched_setscheduler,
            libc::SYS_sched_setparam,
            libc::SYS_sched_setattr,
            libc::SYS_sched_setaffinity,
        ] {
            refuse(&mut all, call, &[(0, Ne, 0)])?;
        }
        refuse(&mut all, libc::SYS_setpriority, &[(1, Ne, 0)])?;
    }
    Ok(all)
}

macro_rules! calls {
    ($($name:ident)*) => { &[$(libc::$name),*] };
}

const ALLOWED: &[c_long] = calls![
    // Files that are open.
    SYS_read SYS_write SYS_readv SYS_writev SYS_pread64 SYS_pwrite64 SYS_preadv SYS_pwritev
    SYS_preadv2 SYS_pwritev2 SYS_lseek SYS_close SYS_close_range SYS_dup SYS_dup3 SYS_fcntl SYS_ioctl
    SYS_fsync SYS_fdatasync SYS_sync_file_range SYS_ftruncate SYS_fallocate SYS_fadvise64 SYS_flock
    SYS_sendfile SYS_splice SYS_tee SYS_vmsplice SYS_copy_file_range SYS_readahead SYS_pipe2
    SYS_getdents64 SYS_fstat SYS_fstatfs SYS_fchmod SYS_fchown SYS_fgetxattr SYS_flistxattr
    SYS_fsetxattr SYS_fremovexattr SYS_fchdir SYS_syncfs
    // Files by name.
    SYS_openat SYS_openat2 SYS_newfstatat SYS_statx SYS_faccessat SYS_faccessat2 SYS_readlinkat
    SYS_mkdirat SYS_mknodat SYS_unlinkat SYS_renameat SYS_renameat2 SYS_linkat SYS_symlinkat
    SYS_fchmodat SYS_fchownat SYS_utimensat SYS_truncate SYS_statfs SYS_chdir SYS_getcwd SYS_umask
    SYS_getxattr SYS_lgetxattr SYS_listxattr SYS_llistxattr SYS_inotify_init1 SYS_inotify_add_watch
    SYS_inotify_rm_watch
    // Memory.
    SYS_brk SYS_mmap SYS_munmap SYS_mprotect SYS_mremap SYS_madvise SYS_mincore SYS_msync SYS_mlock
    SYS_mlock2 SYS_munlock SYS_mlockall SYS_munlockall SYS_memfd_create SYS_membarrier SYS_mbind
    SYS_get_mempolicy SYS_set_mempolicy SYS_pkey_alloc SYS_pkey_free SYS_pkey_mprotect SYS_rseq
    // Processes and threads, its own.
    SYS_clone SYS_execve SYS_execveat SYS_exit SYS_exit_group SYS_wait4 SYS_waitid
    SYS_set_tid_address SYS_set_robust_list SYS_get_robust_list SYS_futex SYS_futex_waitv SYS_getpid
    SYS_getppid SYS_gettid SYS_getpgid SYS_setpgid SYS_getsid SYS_setsid SYS_getuid SYS_geteuid
    SYS_getgid SYS_getegid SYS_getresuid SYS_getresgid SYS_getgroups SYS_setuid SYS_setgid
    SYS_setresuid SYS_setresgid SYS_setreuid SYS_setregid SYS_setfsuid SYS_setfsgid SYS_capget
    SYS_capset SYS_prctl SYS_prlimit64 SYS_getrlimit SYS_setrlimit SYS_getrusage SYS_times
    SYS_getpriority SYS_setpriority SYS_sched_yield SYS_sched_getaffinity SYS_sched_setaffinity
    SYS_sched_getparam SYS_sched_setparam SYS_sched_getscheduler SYS_sched_setscheduler
    SYS_sched_getattr SYS_sched_setattr SYS_sched_get_priority_max SYS_sched_get_priority_min
    SYS_sched_rr_get_interval SYS_getcpu SYS_ioprio_get SYS_seccomp
    SYS_landlock_create_ruleset SYS_landlock_add_rule SYS_landlock_restrict_self
    // Signals and waiting.
    SYS_kill SYS_tkill SYS_tgkill SYS_pidfd_open SYS_pidfd_send_signal SYS_rt_sigaction
    SYS_rt_sigprocmask SYS_rt_sigpending SYS_rt_sigreturn SYS_rt_sigsuspend SYS_rt_sigtimedwait
    SYS_rt_sigqueueinfo SYS_rt_tgsigqueueinfo SYS_sigaltstack SYS_signalfd4 SYS_restart_syscall
    SYS_ppoll SYS_pselect6 SYS_epoll_create1 SYS_epoll_ctl SYS_epoll_pwait SYS_epoll_pwait2
    SYS_eventfd2 SYS_nanosleep SYS_clock_nanosleep
    // Time.
    SYS_clock_gettime SYS_clock_getres SYS_gettimeofday SYS_timer_create SYS_timer_settime
    SYS_timer_gettime SYS_timer_getoverrun SYS_timer_delete SYS_timerfd_create SYS_timerfd_settime
    SYS_timerfd_gettime SYS_getitimer SYS_setitimer
    // Talking, to what the network and the file system let it.
    SYS_socket SYS_socketpair SYS_bind SYS_listen SYS_accept SYS_accept4 SYS_connect SYS_shutdown
    SYS_getsockname SYS_getpeername SYS_setsockopt SYS_getsockopt SYS_sendto SYS_recvfrom SYS_sendmsg
    SYS_recvmsg SYS_sendmmsg SYS_recvmmsg
    // The machine, as far as it tells.
    SYS_uname SYS_sysinfo SYS_getrandom
];

/// Older calls that this architecture still has.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[c_long] = calls![
    SYS_open SYS_creat SYS_stat SYS_lstat SYS_access SYS_readlink SYS_mkdir SYS_rmdir SYS_mknod
    SYS_unlink SYS_rename SYS_link SYS_symlink SYS_chmod SYS_chown SYS_lchown SYS_utime SYS_utimes
    SYS_futimesat SYS_getdents SYS_dup2 SYS_pipe SYS_poll SYS_select SYS_epoll_create SYS_epoll_wait
    SYS_eventfd SYS_signalfd SYS_inotify_init SYS_fork SYS_vfork SYS_getpgrp SYS_alarm SYS_pause
    SYS_time SYS_arch_prctl
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[c_long] = &[];
