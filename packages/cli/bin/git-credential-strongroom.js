#!/usr/bin/env node
"use strict";
void import("../dist/git-credential.js");
