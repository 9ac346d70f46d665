"use strict";

exports.main = () => void import("../../packages/cli/dist/main.js");
exports.git = (input) => serve(import("../../packages/cli/dist/git-credential.js"), input);
exports.docker = (input) => serve(import("../../packages/cli/dist/docker-credential.js"), input);

function serve(loaded, input) {
  void loaded.then((helper) => helper.serve(input));
}
