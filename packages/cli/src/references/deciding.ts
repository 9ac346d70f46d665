/**
 * Variables by which loaders, shells, interpreters and tools are told what code to run, where to find
 * it, or which file of settings names it (ld.so(8), dyld(1), bash(1), git(1), node(1) and so on).
 * No list is complete; these are what a program anywhere below a `run` most likely heeds.
 */
const DECIDING: readonly RegExp[] = [
  // Ours.
  /^STRONGROOM_/u,
  // The system's loader, and where it finds programs and settings.
  /^(?:LD|DYLD)_/u,
  /^(?:PATH|PATHEXT|COMSPEC|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|GCONV_PATH|GLIBC_TUNABLES)$/u,
  /^(?:LOCPATH|NLSPATH|TMPDIR|TMP|TEMP|TERMINFO|TERMINFO_DIRS|TERMCAP)$/u,
  /^XDG_/u,
  // Shells.
  /^(?:IFS|ENV|BASH_ENV|BASHOPTS|SHELLOPTS|SHELL|PS[0-4]|PROMPT_COMMAND|CDPATH|FPATH|ZDOTDIR)$/u,
  /^(?:BASH_FUNC_|INPUTRC$|GLOBIGNORE$|HISTFILE$)/u,
  // Interpreters.
  /^NODE_(?:OPTIONS|PATH|REPL_|EXTRA_CA_CERTS$|TLS_REJECT_UNAUTHORIZED$|ICU_DATA$)/u,
  /^NPM_CONFIG_(?:EDITOR|GIT|GLOBALCONFIG|NODE_OPTIONS|PREFIX|REGISTRY|SCRIPT_SHELL|SHELL|USERCONFIG|VIEWER)$/u,
  /^(?:PYTHON[A-Z]|PIP_CONFIG_FILE$|VIRTUAL_ENV$|CONDA_)/u,
  /^(?:PERL5?(?:OPT|LIB|DB|SHELL)$|PERL5DB|RUBY(?:OPT|LIB|SHELL|PATH)$|GEM_(?:HOME|PATH)$|BUNDLE_(?:GEMFILE|PATH|APP_CONFIG)$)/u,
  /^(?:BUN_OPTIONS|ELECTRON_RUN_AS_NODE|PYTEST_(?:ADDOPTS|PLUGINS)|DJANGO_SETTINGS_MODULE|GUNICORN_CMD_ARGS)$/u,
  /^(?:(?:PIP|UV)_(?:DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|INDEX|INDEX_URL))$/u,
  /^(?:PHPRC|PHP_INI_SCAN_DIR|CLASSPATH|JAVA_HOME|JAVA_OPTS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/u,
  /^(?:(?:MAVEN|GRADLE|SBT|ANT|CATALINA)_(?:OPTS|ARGS|HOME)|DOTNET_[A-Z_]+|(?:CORECLR|COR)_[A-Z0-9_]+)$/u,
  /^(?:LUA_(?:PATH|CPATH|INIT)|TCLLIBPATH|R_(?:HOME|LIBS|PROFILE|ENVIRON)|JULIA_(?:LOAD|DEPOT)_PATH|ERL_)/u,
  /^(?:GO(?:BIN|CACHEPROG|ENV|FLAGS|PATH|PROXY|ROOT|TOOLCHAIN)$|RUST(?:C|FLAGS|UP)|CARGO_(?:HOME|BUILD|TARGET))/u,
  // Compilers and make.
  /^(?:G?N?U?MAKE(?:FLAGS|FILES)|MFLAGS|CC|CXX|CPP|LD|AR|PKG_CONFIG[A-Z_]*|COMPILER_PATH|GCC_EXEC_PREFIX)$/u,
  // What tools start on their own, and their settings.
  /^[A-Z]+_(?:EDITOR|PAGER|PASSWORD_COMMAND|PASSCOMMAND|RSH)$/u,
  /^(?:EDITOR|VISUAL|FCEDIT|PAGER|MANPAGER|BROWSER|LESS[A-Z]*|VIMINIT|VIMRUNTIME|EXINIT|MYVIMRC|EMACSLOADPATH)$/u,
  /^GIT_(?:ALTERNATE|ASKPASS|ATTR|COMMON_DIR|CONFIG|DIR|EDITOR|EXEC_PATH|EXTERNAL_DIFF|INDEX_FILE|OBJECT_DIR)/u,
  /^GIT_(?:PAGER|PROXY_COMMAND|PROTOCOL|ALLOW_PROTOCOL|SEQUENCE_EDITOR|SSH|SSL|TEMPLATE_DIR|WORK_TREE|NAMESPACE)/u,
  /^(?:(?:SSH|SUDO)_ASKPASS|SSH_AUTH_SOCK|SVN_(?:SSH|EDITOR)|CVS_RSH|RSYNC_(?:RSH|CONNECT_PROG)|HGRCPATH|HGEDITOR)$/u,
  /^(?:OPENSSL_(?:CONF|MODULES|ENGINES)|SSL_CERT_(?:FILE|DIR)|CURL_(?:HOME|CA_BUNDLE)|REQUESTS_CA_BUNDLE|WGETRC)$/u,
  /^(?:KUBECONFIG|DOCKER_(?:HOST|CONFIG)|AWS_(?:CONFIG|SHARED_CREDENTIALS)_FILE|GNUPGHOME|TF_CLI_[A-Z_]+)$/u,
  /^(?:PSQLRC|PSQL_EDITOR|PSQL_PAGER|PGSERVICEFILE|PGSYSCONFDIR|MYSQL_HOME|TAR_OPTIONS|GREP_OPTIONS)$/u,
  /^(?:ANSIBLE_(?:[A-Z_]+_(?:PLUGINS|PATH|FILE)|CONFIG|HOME|LIBRARY)|HELM_(?:PLUGINS|[A-Z]+_HOME|BIN))$/u,
  // By whom what a program says goes to others.
  /_PROXY$/u,
  /^(?:GTK_(?:MODULES|PATH)|GIO_EXTRA_MODULES|QT_PLUGIN_PATH|GST_PLUGIN_[A-Z_]+)$/u,
];

/**
 * Whether a variable, in either case (programs take proxies in both), decides what a program does, so that whoever may store a secret under the name
 * of it would run code as whoever makes variables of all names below a prefix.
 */
export function isDeciding(variable: string): boolean {
  const name = variable.toUpperCase();
  return DECIDING.some((pattern) => pattern.test(name));
}
