"""Programs that cheat, get out or do harm in ways found by looking for them: none may succeed, at either level."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import attacks
import psutil
import pytest

from kcoder.errors import KcoderError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.kernel import NOBODY
from kcoder.isolation.proof import proven
from kcoder.plugin import load
