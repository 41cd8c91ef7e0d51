"""Property tests fail for what they find, not for how busy the machine is; times are measured by bin/bench."""

from hypothesis import settings

settings.register_profile("portal", deadline=None)
settings.load_profile("portal")
