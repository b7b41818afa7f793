"""What every floor stands on: errors, events, ids, time, paging, settings and the viewer. No city knowledge."""
