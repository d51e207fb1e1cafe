// Preloaded into every child: the supervisor's end of the IPC channel closes even when it is killed with -9. The child
// then stops as if asked to, and for good once its grace time is over.
if (process.channel) {
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), Number(process.env.MILLRACE_STOP_MS ?? 5000)).unref();
  });
  process.channel.unref();
}
