import { StrictMode, version } from 'react';
import { createRoot } from 'react-dom/client';
import { VideoSDK } from '@plenum/react-sdk';
import { serverUrl } from './API.js';
import { App } from './App.jsx';

VideoSDK.configure({ serverUrl });
window.reactVersion = version;
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App name={new URLSearchParams(window.location.search).get('name')} />
  </StrictMode>,
);
