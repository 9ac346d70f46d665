"use strict";

exports.start = () => void import("../../packages/daemon/dist/main.js");
