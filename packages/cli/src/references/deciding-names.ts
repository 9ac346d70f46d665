/**
 * Variables that decide what a program runs, loads or trusts, whatever the program is: those of the
 * dynamic linkers (ld.so(8), dyld(1)), of shells, of interpreters, of git and ssh, and of where
 * programs and certificates are found.
 */
const DECIDING =
  /^(?:PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELL|SHELLOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|HOME|TMPDIR|EDITOR|VISUAL|PAGER|BROWSER|LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|NODE_.*|NPM_CONFIG_.*|PYTHON.*|PERL5.*|PERLLIB|RUBY.*|GEM_.*|BUNDLE_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|GIT_.*|SSH_.*|SSL_CERT_.*|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|AWS_CA_BUNDLE|(?:HTTPS?|ALL|FTP|NO)_PROXY|DOCKER_.*|KUBECONFIG|STRONGROOM_.*)$/iu;

/** Whether a variable of that name decides what is run, or by what it is trusted. */
export function decidesWhatRuns(name: string): boolean {
  return DECIDING.test(name);
}
