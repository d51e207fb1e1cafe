// Preloaded into every child: the supervisor's end of the IPC channel closes even when it is killed with -9. The child
// then stops as if asked to, and for good once its grace time is over. The variable is for the child alone: processes
// that it forks inherit this preload, but their channel is their own affair.
const stopMs = process.env.MILLRACE_STOP_MS;
delete process.env.MILLRACE_STOP_MS;

if (stopMs) {
  // The parent may have gone before this line.
  if (!process.connected) process.exit(1);
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), Number(stopMs)).unref();
  });
  process.channel?.unref();
}
