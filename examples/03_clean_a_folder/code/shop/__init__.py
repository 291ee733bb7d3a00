# Copyright 2026 The Corner Shop
# Licensed under the Apache License, Version 2.0
