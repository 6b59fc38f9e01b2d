// A valve has moved: show it
new EventSource("/watering/events").onmessage = () => location.reload();
