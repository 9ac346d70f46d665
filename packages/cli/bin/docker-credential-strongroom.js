#!/usr/bin/env node
"use strict";
void import("../dist/docker-credential.js");
